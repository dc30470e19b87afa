import { commandBehaviour, commandOutput } from "./command_behaviour.ts";
import type { ExecOptions } from "./container_image.ts";
import { becameReady, becameUnhealthy, exited, wrote } from "./container_life.ts";
import { failedCall } from "./cri_answers.ts";
import type { CriAnswer, ImageBehaviour } from "./messages.ts";
import { type Container, isRunning, type RuntimeNode } from "./runtime_node.ts";

/** Plays a process that behaves as an image's catalogue says, from its start on. */
export function playProcess(node: RuntimeNode, behaviour: ImageBehaviour, container: Container): void {
  const { config } = container;
  const { readyMs = 0, unreadyAfterMs, unhealthyAfterMs, exitAfterMs, exitCode = 0 } = behaviour;
  const whileRunning = (delayMs: number, happen: () => void) =>
    node.later(delayMs, () => {
      if (isRunning(node, container)) happen();
    });
  container.status = { ...container.status, ready: readyMs === 0 };
  if (config.command.length + config.args.length > 0) {
    for (const { afterMs, text } of commandOutput([...config.command, ...config.args])) {
      whileRunning(afterMs, () => wrote(node, container, { stream: "stdout", text }));
    }
  }
  if (readyMs > 0) whileRunning(readyMs, () => becameReady(node, container, true));
  if (unreadyAfterMs !== undefined) whileRunning(unreadyAfterMs, () => becameReady(node, container, false));
  if (unhealthyAfterMs !== undefined) whileRunning(unhealthyAfterMs, () => becameUnhealthy(node, container));
  if (exitAfterMs !== undefined) whileRunning(exitAfterMs, () => exitWith(node, container, exitCode));
  const { memoryBytesPerSecond = 0 } = behaviour;
  if (memoryBytesPerSecond > 0 && config.memoryLimitBytes !== undefined) {
    const delayMs = Math.ceil((config.memoryLimitBytes / memoryBytesPerSecond) * 1000);
    whileRunning(delayMs, () => exited(node, container, { exitCode: 137, reason: "OOMKilled" }));
  }
}

/** Ends a played process after its stop time, or kills it when the time given is over. */
export function stopPlayed(
  node: RuntimeNode,
  { stopMs = 0, stopExitCode = 0 }: ImageBehaviour,
  { container, timeoutMs }: { readonly container: Container; readonly timeoutMs: number },
): void {
  const [delayMs, code] = stopMs <= timeoutMs ? [stopMs, stopExitCode] : [timeoutMs, 137];
  if (delayMs === 0) exitWith(node, container, code);
  else node.later(delayMs, () => exitWith(node, container, code));
}

/** Plays a command. */
export function playCommand(
  node: RuntimeNode,
  { command, timeoutMs }: ExecOptions,
  done: (a: CriAnswer) => void,
): void {
  const { exitAfterMs: tookMs = 0, exitCode = 0 } = commandBehaviour(command) ?? {};
  const answer = () => {
    if (tookMs > timeoutMs) return done(failedCall("UNKNOWN", "command timed out: context deadline exceeded"));
    const lines = commandOutput(command).map(({ text }) => `${text}\n`);
    done({ ok: true, exitCode, stdout: lines.join(""), stderr: "" });
  };
  const delayMs = Math.min(tookMs, timeoutMs);
  if (delayMs <= 0) answer();
  else node.later(delayMs, answer);
}

function exitWith(node: RuntimeNode, container: Container, exitCode: number): void {
  exited(node, container, { exitCode, reason: exitCode === 0 ? "Completed" : "Error" });
}
