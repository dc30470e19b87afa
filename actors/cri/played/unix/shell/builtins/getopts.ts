import type { Builtin } from "../builtin.ts";
import { type Shell, setVariable, shellComplains, variable } from "../shell.ts";

/** How many letters of the word that `OPTIND` names have been taken. */
const taken = new WeakMap<Shell, { readonly word: number; readonly letters: number }>();

/** Takes the next option out of the parameters: `getopts ab: NAME`. */
export const getopts: Builtin = {
  names: ["getopts"],
  *run(shell, [letters = "", name = "", ...given]) {
    const words = given.length > 0 ? given : shell.positional;
    let index = Math.max(1, Number(variable(shell, "OPTIND") ?? 1) || 1);
    const word = words[index - 1] ?? "";
    const before = taken.get(shell);
    const done = before?.word === index ? before.letters : 0;
    if (!/^-./.test(word) || word === "--") {
      if (word === "--") index++;
      return over(shell, name, index);
    }
    const letter = word[done + 1] ?? "";
    const isQuiet = letters.startsWith(":");
    const at = letter === ":" ? -1 : letters.indexOf(letter);
    const isAtEnd = done + 2 >= word.length;
    let found = at < 0 ? "?" : letter;
    let value: string | undefined = at < 0 && isQuiet ? letter : undefined;
    let next = isAtEnd ? index + 1 : index;
    if (at < 0 && !isQuiet) yield* shellComplains(shell, `Illegal option -${letter}`);
    if (at >= 0 && letters[at + 1] === ":") {
      value = isAtEnd ? words[index] : word.slice(done + 2);
      next = isAtEnd ? index + 2 : index + 1;
      if (value === undefined) {
        next = index + 1;
        found = isQuiet ? ":" : "?";
        value = isQuiet ? letter : undefined;
        if (!isQuiet) yield* shellComplains(shell, `No arg for -${letter} option`);
      }
    }
    taken.set(shell, { word: next, letters: next === index ? done + 1 : 0 });
    setVariable(shell, "OPTIND", { value: String(next) });
    if (value === undefined) shell.variables.delete("OPTARG");
    else setVariable(shell, "OPTARG", { value });
    setVariable(shell, name, { value: found });
    return 0;
  },
};

function over(shell: Shell, name: string, index: number): number {
  taken.delete(shell);
  setVariable(shell, "OPTIND", { value: String(index) });
  setVariable(shell, name, { value: "?" });
  return 1;
}
