import type { Builtin } from "../builtin.ts";
import { setVariable, shellComplains, variable } from "../shell.ts";

/** `local` makes variables a function's own. */
export const local: Builtin = {
  names: ["local"],
  *run(shell, words) {
    const frame = shell.locals.at(-1);
    if (!frame) {
      yield* shellComplains(shell, "local: not in a function");
      return 1;
    }
    for (const word of words) {
      const [name = "", value] = word.split(/=([\s\S]*)/, 2);
      if (!frame.has(name)) frame.set(name, shell.variables.get(name));
      setVariable(shell, name, { value: value ?? variable(shell, name) ?? "" });
    }
    return 0;
  },
};
