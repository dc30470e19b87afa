import { executable } from "../../kernel/executable.ts";
import { print } from "../../kernel/io.ts";
import type { Builtin } from "../builtin.ts";
import { shellComplains, variable } from "../shell.ts";
import { kindOf } from "./_kind_of.ts";

/** `type` says what a name is. */
export const typeOf: Builtin = {
  names: ["type"],
  *run(shell, names) {
    let status = 0;
    for (const name of names) {
      const found = executable(shell.self, [name], variable(shell, "PATH"));
      const kind = kindOf(shell, name) ?? (found.ok ? found.path : undefined);
      if (kind !== undefined) yield* print(shell.self, `${name} is ${kind}\n`);
      else {
        yield* shellComplains(shell, `${name}: not found`);
        status = 127;
      }
    }
    return status;
  },
};
