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
    const { scripts, names, isQuiet, isExtended, suffix } = optionsOf(self.argv.slice(1));
    if (scripts.length === 0) scripts.push(names.shift() ?? "");
    const commands = parseScript(scripts.join("\n"), isExtended);
    if (typeof commands === "string") {
      yield* complain(self, `${commands} (kubetroupe plays this container and knows s, d, p and q, without groups)`);
      return 1;
    }
    const edit = { commands, isQuiet };
    if (suffix !== undefined) return yield* editInPlace(self, names, { ...edit, suffix });
    const { inputs, hasFailed } = yield* inputsOf(self, names);
    let text = "";
    for (const { file } of inputs) text += yield* readAll(self, file);
    yield* print(self, yield* edited(self, text, edit));
    return hasFailed ? 1 : 0;
  },
};

interface Options {
  readonly scripts: string[];
  readonly names: string[];
  isQuiet: boolean;
  isExtended: boolean;
  /** Files are edited in place, and kept as they were under their names with this behind it, where it is not empty. */
  suffix: string | undefined;
}

const long: Readonly<Record<string, string>> = {
  "in-place": "i",
  "regexp-extended": "E",
  expression: "e",
  quiet: "n",
  silent: "n",
};

/** Letters may stand together, as in `-Ei`; what follows an `i` there is a suffix, and an `e` a script. */
function optionsOf(argv: readonly string[]): Options {
  const options: Options = { scripts: [], names: [], isQuiet: false, isExtended: false, suffix: undefined };
  const words = [...argv];
  while (words.length > 0) {
    const word = words.shift() ?? "";
    const [, name, value = ""] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const letters = name === undefined ? word.slice(1) : `${long[name] ?? ""}${value}`;
    if (!/^-./.test(word) || letters === "") {
      options.names.push(word);
      continue;
    }
    for (let at = 0; at < letters.length; at++) {
      const letter = letters[at];
      if (letter === "n") options.isQuiet = true;
      else if (letter === "E" || letter === "r") options.isExtended = true;
      else if (letter === "i") options.suffix = letters.slice(at + 1);
      else if (letter === "e") options.scripts.push(letters.slice(at + 1) || (words.shift() ?? ""));
      if (letter === "i" || letter === "e") break;
    }
  }
  return options;
}

interface Edit {
  readonly commands: readonly SedCommand[];
  readonly isQuiet: boolean;
}

function* editInPlace(self: Process, names: readonly string[], edit: Edit & { readonly suffix: string }): Running {
  let status = 0;
  for (const name of names) {
    const { inputs, hasFailed } = yield* inputsOf(self, [name]);
    if (hasFailed) status = 1;
    for (const { file } of inputs) {
      const before = yield* readAll(self, file);
      const texts: readonly (readonly [string, string])[] = [
        ...(edit.suffix === "" ? [] : [[`${name}${edit.suffix}`, before] as const]),
        [name, yield* edited(self, before, edit)],
      ];
      for (const [place, text] of texts) {
        const out = openPath(self, place, { canRead: false, canWrite: true, creates: true, truncates: true });
        const error = "error" in out ? out.error : yield* writeTo(self, out, text);
        if (error === undefined) continue;
        yield* complain(self, `${place}: ${errorTexts[error]}`);
        status = 1;
      }
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
