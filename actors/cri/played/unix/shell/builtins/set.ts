import { ownValue } from "../../../../../api/types.ts";
import { print } from "../../kernel/io.ts";
import type { Builtin } from "../builtin.ts";
import { ShellExit, type ShellOption, shellComplains } from "../shell.ts";

const long: Readonly<Record<string, ShellOption>> = {
  errexit: "e",
  nounset: "u",
  xtrace: "x",
  noglob: "f",
  noexec: "n",
  pipefail: "pipefail",
};
/** Known to shells, and of no account without a terminal. */
const idle = new Set(["a", "b", "h", "m", "v", "C", "B", "E", "H", "P", "T"]);

/** `set` switches options and replaces the positional parameters. */
export const set: Builtin = {
  names: ["set"],
  *run(shell, words) {
    if (words.length === 0) {
      for (const [name, { value }] of [...shell.variables].sort(([a], [b]) => (a < b ? -1 : 1))) {
        yield* print(shell.self, `${name}='${value.replaceAll("'", "'\"'\"'")}'\n`);
      }
      return 0;
    }
    let at = 0;
    for (; /^[-+][A-Za-z]+$/.test(words[at] ?? ""); at++) {
      const word = words[at] ?? "";
      const isOn = word.startsWith("-");
      for (const letter of word.slice(1)) {
        const option = letter === "o" ? ownValue(long, words[++at] ?? "") : optionOf(letter);
        if (option === undefined && letter !== "o" && idle.has(letter)) continue;
        if (option === undefined) {
          yield* shellComplains(shell, `set: illegal option ${letter === "o" ? `-o ${words[at]}` : `-${letter}`}`);
          throw new ShellExit(2);
        }
        if (isOn) shell.options.add(option);
        else shell.options.delete(option);
      }
    }
    if (words[at] === "--") at++;
    else if (at === words.length) return 0;
    shell.positional = words.slice(at);
    return 0;
  },
};

function optionOf(letter: string): ShellOption | undefined {
  return Object.values(long).find((option) => option === letter);
}
