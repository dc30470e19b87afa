import { spawn } from "node:child_process";
import { constants } from "node:os";
import { InputError } from "../input_error.ts";

/**
 * Runs a command with this process's input and output; the result is its exit code as a shell tells it. Ctrl-C reaches
 * the command by itself, which may have its own use for it; any other interrupt in `signal` is passed on.
 *
 * @throws InputError when it cannot be started
 */
export function runCommand(
  [program = "", ...args]: readonly string[],
  { env, signal }: { readonly env: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, ...env } });
    const end = () => {
      if ((signal.reason as Error).cause !== "SIGINT") child.kill("SIGTERM");
    };
    signal.addEventListener("abort", end, { once: true });
    child.on("error", (error: NodeJS.ErrnoException) => {
      signal.removeEventListener("abort", end);
      const why = error.code === "ENOENT" ? "there is no such program" : error.message;
      reject(new InputError(`Cannot run "${program}": ${why}`, { cause: error }));
    });
    child.on("close", (code, killedBy) => {
      signal.removeEventListener("abort", end);
      resolve(code ?? 128 + (killedBy ? constants.signals[killedBy] : 0));
    });
  });
}
