import type { Builtin } from "../builtin.ts";
import { shellComplains } from "../shell.ts";

/** Forgets variables and functions. */
export const unset: Builtin = {
  names: ["unset"],
  *run(shell, words) {
    const isFunction = words[0] === "-f";
    for (const name of words.filter((word) => word !== "-f" && word !== "-v")) {
      if (isFunction) shell.functions.delete(name);
      else if (shell.variables.get(name)?.isReadonly) {
        yield* shellComplains(shell, `unset: ${name}: is read only`);
        return 2;
      } else shell.variables.delete(name);
    }
    return 0;
  },
};
