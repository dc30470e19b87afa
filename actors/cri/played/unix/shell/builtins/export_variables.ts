import { print } from "../../kernel/io.ts";
import type { Builtin } from "../builtin.ts";
import { ShellExit, setVariable, shellComplains, variable } from "../shell.ts";

/** `export` gives variables to the programs that are started from now on. */
export const exportVariables: Builtin = {
  names: ["export"],
  *run(shell, words) {
    const given = words.filter((word) => word !== "-p");
    for (const word of given) {
      if (word === "-n") continue;
      const [, name, value] = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(word) ?? [];
      if (name === undefined) {
        yield* shellComplains(shell, `export: ${word}: bad variable name`);
        throw new ShellExit(2);
      }
      const isExported = words[0] !== "-n";
      const known = value ?? variable(shell, name);
      if (known === undefined && !isExported) continue;
      const refused = setVariable(shell, name, { value: known ?? "", isExported });
      if (refused === undefined) continue;
      yield* shellComplains(shell, refused);
      return 2;
    }
    if (given.length > 0) return 0;
    for (const [name, { value, isExported }] of shell.variables) {
      if (isExported) yield* print(shell.self, `export ${name}='${value.replaceAll("'", "'\"'\"'")}'\n`);
    }
    return 0;
  },
};
