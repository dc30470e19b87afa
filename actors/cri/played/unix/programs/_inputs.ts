import { errorTexts } from "../files/errno.ts";
import { complain, openPath, readAll } from "../kernel/io.ts";
import type { OpenFile } from "../kernel/open_file.ts";
import type { Process, Running } from "../kernel/process.ts";

/** An input of a program: a file that was named, or the standard input as `-`. */
export interface Input {
  readonly name: string;
  readonly file: OpenFile;
}

/** Opens what a program is to read; complains of what cannot be. */
export function* inputsOf(self: Process, names: readonly string[]): Running<{ inputs: Input[]; hasFailed: boolean }> {
  const inputs: Input[] = [];
  let hasFailed = false;
  for (const name of names.length === 0 ? ["-"] : names) {
    const file = name === "-" ? self.files.get(0) : openPath(self, name, { canRead: true, canWrite: false });
    if (file && !("error" in file)) inputs.push({ name, file });
    else {
      hasFailed = true;
      yield* complain(self, `can't open '${name}': ${errorTexts[file?.error ?? "EBADF"]}`);
    }
  }
  return { inputs, hasFailed };
}

/** All of a program's inputs, one after the other, in lines. */
export function* linesOf(self: Process, names: readonly string[]): Running<{ lines: string[]; hasFailed: boolean }> {
  const { inputs, hasFailed } = yield* inputsOf(self, names);
  const lines: string[] = [];
  for (const { file } of inputs) for (const line of splitLines(yield* readAll(self, file))) lines.push(line);
  return { lines, hasFailed };
}

/** The lines of a text, without their ends. */
export function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
