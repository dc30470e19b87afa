import { errorTexts } from "../files/errno.ts";
import { complain, openPath, print, readAll, writeTo } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { inputsOf, splitLines } from "./_inputs.ts";
import { parseScript, type SedCommand, substituted, takes } from "./_sed_script.ts";

/** Edits lines: substitutions, deletions and prints, with addresses. */
export const sed: Program = {
  names: ["sed"],
  *run(self) {
    const scripts: string[] = [];
    const names: string[] = [];
    let [isQuiet, isInPlace, isExtended] = [false, false, false];
    const words = self.argv.slice(1);
    while (words.length > 0) {
      const word = words.shift() ?? "";
      if (word === "-n") isQuiet = true;
      else if (word === "-i") isInPlace = true;
      else if (word === "-E" || word === "-r") isExtended = true;
      else if (word === "-e") scripts.push(words.shift() ?? "");
      else names.push(word);
    }
    if (scripts.length === 0) scripts.push(names.shift() ?? "");
    const commands = parseScript(scripts.join("\n"), isExtended);
    if (typeof commands === "string") {
      yield* complain(self, `${commands} (kubetroupe plays this container and knows s, d, p and q, without groups)`);
      return 1;
    }
    const edit = { commands, isQuiet };
    if (isInPlace) return yield* editInPlace(self, names, edit);
    const { inputs, hasFailed } = yield* inputsOf(self, names);
    let text = "";
    for (const { file } of inputs) text += yield* readAll(self, file);
    yield* print(self, yield* edited(self, text, edit));
    return hasFailed ? 1 : 0;
  },
};

interface Edit {
  readonly commands: readonly SedCommand[];
  readonly isQuiet: boolean;
}

function* editInPlace(self: Process, names: readonly string[], edit: Edit): Running {
  let status = 0;
  for (const name of names) {
    const { inputs, hasFailed } = yield* inputsOf(self, [name]);
    if (hasFailed) status = 1;
    for (const { file } of inputs) {
      const text = yield* edited(self, yield* readAll(self, file), edit);
      const out = openPath(self, name, { canRead: false, canWrite: true, truncates: true });
      const error = "error" in out ? out.error : yield* writeTo(self, out, text);
      if (error === undefined) continue;
      yield* complain(self, `${name}: ${errorTexts[error]}`);
      status = 1;
    }
  }
  return status;
}

function* edited(self: Process, text: string, { commands, isQuiet }: Edit): Running<string> {
  const lines = splitLines(text);
  const within = new Map<SedCommand, boolean>();
  let out = "";
  for (const [index, original] of lines.entries()) {
    if (self.kernel.spend(1 + original.length / 16)) yield turn;
    let line: string | undefined = original;
    let isLast = false;
    for (const command of commands) {
      if (line === undefined) break;
      if (!takes(command, { line, number: index + 1, isLast: index === lines.length - 1 }, within)) continue;
      if (command.name === "d") line = undefined;
      else if (command.name === "p") out += `${line}\n`;
      else if (command.name === "q") isLast = true;
      else {
        const made: string = substituted(command, line);
        if (made !== line && command.prints) out += `${made}\n`;
        line = made;
      }
    }
    if (line !== undefined && !isQuiet) out += `${line}\n`;
    if (isLast) break;
  }
  return out;
}
