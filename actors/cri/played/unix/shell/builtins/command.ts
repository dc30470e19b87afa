import { executable } from "../../kernel/executable.ts";
import { print } from "../../kernel/io.ts";
import type { Builtin } from "../builtin.ts";
import { shellComplains, variable } from "../shell.ts";
import { kindOf } from "./_kind_of.ts";

/** `command` runs a program in spite of a function of its name; with `-v` it says what would be run. */
export const command: Builtin = {
  names: ["command"],
  *run(shell, words) {
    const [flag, name = ""] = words;
    if (flag !== "-v" && flag !== "-V") return words.length === 0 ? 0 : yield* shell.evaluator.runWords(shell, words);
    const kind = kindOf(shell, name);
    const found = kind === undefined ? executable(shell.self, [name], variable(shell, "PATH")) : undefined;
    if (kind !== undefined) yield* print(shell.self, flag === "-v" ? `${name}\n` : `${name} is ${kind}\n`);
    else if (found?.ok) yield* print(shell.self, `${found.path}\n`);
    else if (flag === "-V") yield* shellComplains(shell, `${name}: not found`);
    return kind !== undefined || found?.ok ? 0 : 127;
  },
};
