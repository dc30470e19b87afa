import { commandBehaviour, commandOutput } from "./command_behaviour.ts";
import type { ContainerProcess, ProcessExit, ProcessStart } from "./container_process.ts";
import { failedCall } from "./cri_answers.ts";
import type { ImageBehaviour } from "./messages.ts";
import type { RuntimeNode } from "./runtime_node.ts";

/** Plays a process that behaves as an image's catalogue says. */
export function simulatedProcess(
  node: RuntimeNode,
  behaviour: ImageBehaviour,
  { config, watcher }: ProcessStart,
): ContainerProcess {
  const { readyMs = 0, unreadyAfterMs, unhealthyAfterMs, exitAfterMs, exitCode = 0 } = behaviour;
  let isOver = false;

  const whileRunning = (delayMs: number, happen: () => void) =>
    node.later(delayMs, () => {
      if (!isOver) happen();
    });
  const exit = (how: ProcessExit) => {
    if (isOver) return;
    isOver = true;
    watcher.exited(how);
  };
  const exitWith = (code: number) => exit({ exitCode: code, reason: code === 0 ? "Completed" : "Error" });

  for (const { afterMs, text } of commandOutput([...config.command, ...config.args])) {
    whileRunning(afterMs, () => watcher.wrote("stdout", text));
  }
  if (readyMs > 0) whileRunning(readyMs, () => watcher.becameReady(true));
  if (unreadyAfterMs !== undefined) whileRunning(unreadyAfterMs, () => watcher.becameReady(false));
  if (unhealthyAfterMs !== undefined) whileRunning(unhealthyAfterMs, watcher.becameUnhealthy);
  if (exitAfterMs !== undefined) whileRunning(exitAfterMs, () => exitWith(exitCode));
  const { memoryBytesPerSecond = 0 } = behaviour;
  if (memoryBytesPerSecond > 0 && config.memoryLimitBytes !== undefined) {
    const delayMs = Math.ceil((config.memoryLimitBytes / memoryBytesPerSecond) * 1000);
    whileRunning(delayMs, () => exit({ exitCode: 137, reason: "OOMKilled" }));
  }

  return {
    stop(timeoutMs) {
      const { stopMs = 0, stopExitCode = 0 } = behaviour;
      const isInTime = stopMs <= timeoutMs;
      const [delayMs, code] = isInTime ? [stopMs, stopExitCode] : [timeoutMs, 137];
      if (delayMs === 0) exitWith(code);
      else whileRunning(delayMs, () => exitWith(code));
    },
    destroy() {
      isOver = true;
    },
    exec(command, timeoutMs, done) {
      const { exitAfterMs: tookMs = 0, exitCode: code = 0 } = commandBehaviour(command) ?? {};
      const stdout = commandOutput(command)
        .map(({ text }) => `${text}\n`)
        .join("");
      const isLate = tookMs > timeoutMs;
      const answer = () =>
        done(
          isLate
            ? failedCall("UNKNOWN", "command timed out: context deadline exceeded")
            : { ok: true, exitCode: code, stdout, stderr: "" },
        );
      const delayMs = Math.min(tookMs, timeoutMs);
      if (delayMs <= 0) answer();
      else node.later(delayMs, answer);
    },
  };
}
