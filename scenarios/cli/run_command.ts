import { spawn } from "node:child_process";
import { constants } from "node:os";
import { InputError } from "../cluster/input_error.ts";
import type { Interrupts } from "./interrupts.ts";
import { groupsOf, running, signalAll, signalTree } from "./process_tree.ts";

/** How a command is run. */
export interface RunCommandOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly interrupts: Pick<Interrupts, "signal" | "abandoned">;
}

/** How long a command, and what it has started, may take to end when it is told to. */
const graceMs = 10_000;
const lookEveryMs = 50;

/**
 * Runs a command with this process's input and output; the result is its exit code as a shell tells it. An interrupt
 * ends it and all that it has started, at the latest after ten seconds; but Ctrl-C at a terminal reaches the command by
 * itself, which may have its own use for it.
 *
 * @throws InputError when it cannot be started
 */
export function runCommand(
  [program = "", ...args]: readonly string[],
  { env, interrupts: { signal, abandoned } }: RunCommandOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, ...env } });
    let grace: NodeJS.Timeout | undefined;
    let told: readonly number[] = [];
    const end = () => {
      if (child.pid === undefined || told.length > 0) return;
      told = signalTree(child.pid, "SIGTERM");
      grace = setTimeout(() => signalAll(told, "SIGKILL"), graceMs);
    };
    const interrupted = () => {
      const isCtrlC = (signal.reason as Error).cause === "SIGINT" && isAtTerminal();
      if (!isCtrlC) end();
    };
    // The second interrupt ends this process at once: it takes the command along.
    const killAll = () => void (child.pid !== undefined && signalTree(child.pid, "SIGKILL"));
    const settle = () => {
      clearTimeout(grace);
      signal.removeEventListener("abort", interrupted);
      abandoned.removeEventListener("abort", end);
      process.off("exit", killAll);
    };
    signal.addEventListener("abort", interrupted, { once: true });
    abandoned.addEventListener("abort", end, { once: true });
    process.on("exit", killAll);
    child.on("error", (error: NodeJS.ErrnoException) => {
      settle();
      const why = error.code === "ENOENT" ? "there is no such program" : error.message;
      reject(new InputError(`Cannot run "${program}": ${why}`, { cause: error }));
    });
    child.on("exit", (code, killedBy) => {
      const exitCode = code ?? 128 + (killedBy ? constants.signals[killedBy] : 0);
      const look = () => {
        // Whoever was told with the command may take as long as the command.
        if (running(told).length > 0) return void setTimeout(look, lookEveryMs);
        settle();
        resolve(exitCode);
      };
      look();
    });
  });
}

/** Whether a terminal tells our whole group of Ctrl-C. */
function isAtTerminal(): boolean {
  const groups = groupsOf(process.pid);
  return groups ? groups.foreground === groups.group : process.stdin.isTTY === true;
}
