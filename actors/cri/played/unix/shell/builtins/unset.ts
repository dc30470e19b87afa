import { elementsOf, keyOf, setElements } from "../arrays.ts";
import type { Builtin } from "../builtin.ts";
import { shellComplains } from "../shell.ts";

const elementPattern = /^([A-Za-z_]\w*)\[(.+)\]$/s;

/** Forgets variables, elements of arrays, and functions. */
export const unset: Builtin = {
  names: ["unset"],
  *run(shell, words) {
    const isFunction = words[0] === "-f";
    for (const name of words.filter((word) => word !== "-f" && word !== "-v")) {
      if (isFunction) shell.functions.delete(name);
      else if (elementPattern.test(name)) {
        const [, array = "", index = ""] = elementPattern.exec(name) ?? [];
        const elements = new Map(elementsOf(shell, array));
        elements.delete(yield* keyOf(shell, array, index));
        setElements(shell, array, elements);
      } else if (shell.variables.get(name)?.isReadonly) {
        yield* shellComplains(shell, `unset: ${name}: is read only`);
        return 2;
      } else shell.variables.delete(name);
    }
    return 0;
  },
};
