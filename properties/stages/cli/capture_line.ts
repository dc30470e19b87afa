import { runLine } from "../../../scenarios/cli/run_line.ts";

/** Runs a command line in this process and keeps what it writes. */
export async function captureLine(...line: string[]) {
  const written: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
  const code = await runLine(line, {
    stdout: { write: (text) => written.stdout.push(text) },
    stderr: { write: (text) => written.stderr.push(text) },
  });
  return { code, stdout: written.stdout.join(""), stderr: written.stderr.join("") };
}
