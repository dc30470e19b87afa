import { errorTexts } from "../files/errno.ts";
import { complain, openPath, programName, readAll } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { evaluator, runShell } from "../shell/interpreter.ts";
import { runInput } from "../shell/read_input.ts";
import { newShell } from "../shell/shell.ts";

/** The shell: runs a script that it is given, or one that it reads. */
export const sh: Program = {
  names: ["sh", "ash", "dash", "bash"],
  *run(self) {
    const words = self.argv.slice(1);
    const options: string[] = [];
    let isCommand = false;
    let isAsked = false;
    while (/^[-+]./.test(words[0] ?? "")) {
      const word = words.shift() ?? "";
      if (word === "--") break;
      if (word.startsWith("--")) continue;
      const letters = word.slice(1).replace(/[cils]/g, "");
      if (word.includes("c")) isCommand = true;
      if (word.includes("i")) isAsked = true;
      if (letters !== "") options.push((word[0] ?? "-") + letters);
      if (letters.endsWith("o")) options.push(words.shift() ?? "");
    }
    const script = isCommand ? words.shift() : undefined;
    if (isCommand && script === undefined) {
      yield* complain(self, "-c requires an argument");
      return 2;
    }
    const path = isCommand ? undefined : words.shift();
    const input = script === undefined && path === undefined ? self.files.get(0) : undefined;
    const text = script ?? (path === undefined ? "" : yield* textOf(self, path));
    if (text === undefined) return 127;
    const zero = (isCommand ? words.shift() : path) ?? programName(self);
    const shell = newShell(self, evaluator, zero);
    shell.positional = words;
    shell.isInteractive = input !== undefined && (isAsked || isTerminal(self));
    return yield* runShell(shell, function* (inner) {
      if (options.length > 0) yield* evaluator.runWords(inner, ["set", ...options]);
      inner.isLast = isCommand;
      return yield* input ? runInput(inner, input) : evaluator.runText(inner, text);
    });
  },
};

function isTerminal({ files }: Process): boolean {
  return [0, 2].every((descriptor) => files.get(descriptor)?.isTerminal);
}

function* textOf(self: Process, path: string): Running<string | undefined> {
  const file = openPath(self, path, { canRead: true, canWrite: false });
  if (!("error" in file)) return yield* readAll(self, file);
  yield* complain(self, `can't open '${path}': ${errorTexts[file.error]}`);
  return undefined;
}
