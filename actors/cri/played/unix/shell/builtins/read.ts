import { writeTo } from "../../kernel/io.ts";
import { turn } from "../../kernel/kernel.ts";
import { setElements } from "../arrays.ts";
import type { Builtin } from "../builtin.ts";
import { splitFields } from "../expansion.ts";
import { setVariable, shellComplains, variable } from "../shell.ts";

/** Reads a line into variables. */
export const read: Builtin = {
  names: ["read"],
  *run(shell, words) {
    const { self } = shell;
    let isRaw = false;
    let at = 0;
    let array: string | undefined;
    for (; words[at]?.startsWith("-"); at++) {
      if (/^-[rs]+$/.test(words[at] ?? "")) isRaw ||= (words[at] ?? "").includes("r");
      else if (words[at] === "-p") {
        at++;
        if (self.files.get(0)?.isTerminal) yield* writeTo(self, self.files.get(2), words[at] ?? "");
      } else if (/^-r?a$/.test(words[at] ?? "") && shell.isBash) {
        isRaw ||= words[at] === "-ra";
        array = words[++at];
      } else if (words[at] === "-t" || words[at] === "-n") at++;
      else {
        yield* shellComplains(shell, `read: Illegal option ${words[at]}`);
        return 2;
      }
    }
    const names = at < words.length ? words.slice(at) : ["REPLY"];
    const file = self.files.get(0);
    let line = "";
    let isEnded = false;
    // A byte at a time: what is behind the line is for others.
    while (file?.canRead) {
      const char = file.read(1);
      if (char === undefined) {
        yield { on: file.readable ? [file.readable] : [] };
        if (self.pending.length > 0) break;
        continue;
      }
      if (char === "" || char === "\n") {
        isEnded = char === "\n";
        if (isEnded && !isRaw && line.endsWith("\\") && !line.endsWith("\\\\")) {
          line = line.slice(0, -1);
          continue;
        }
        break;
      }
      line += char;
      if (self.kernel.spend(1)) yield turn;
    }
    const text = isRaw ? line : line.replace(/\\(.)/g, "$1");
    const separators = variable(shell, "IFS") ?? " \t\n";
    if (array !== undefined) {
      const values = splitFields(trim(text, separators), separators).filter((value) => value !== undefined);
      setElements(shell, array, new Map(values.map((value, index) => [String(index), value])));
      return isEnded ? 0 : 1;
    }
    for (const [index, value] of valuesOf(text, names.length, separators).entries()) {
      setVariable(shell, names[index] ?? "REPLY", { value });
    }
    return isEnded ? 0 : 1;
  },
};

/** The last variable gets all that is left, separators too. */
function valuesOf(line: string, count: number, separators: string): string[] {
  const values: string[] = [];
  const trimmed = trim(line, separators);
  let rest = trimmed;
  while (values.length < count - 1) {
    const [first] = splitFields(rest, separators);
    values.push(first ?? "");
    rest = trim(rest.slice((first ?? "").length + (rest.length > (first ?? "").length ? 1 : 0)), separators);
  }
  return [...values, rest];
}

function trim(text: string, separators: string): string {
  const isBlank = (char: string | undefined) =>
    char !== undefined && " \t\n".includes(char) && separators.includes(char);
  let [from, to] = [0, text.length];
  while (from < to && isBlank(text[from])) from++;
  while (to > from && isBlank(text[to - 1])) to--;
  return text.slice(from, to);
}
