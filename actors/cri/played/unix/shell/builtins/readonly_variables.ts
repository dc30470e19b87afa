import type { Builtin } from "../builtin.ts";

/** `readonly` keeps variables as they are. */
export const readonlyVariables: Builtin = {
  names: ["readonly"],
  run(shell, words) {
    for (const word of words) {
      const [name = "", value] = word.split(/=([\s\S]*)/, 2);
      const before = shell.variables.get(name);
      const isExported = before?.isExported ?? false;
      shell.variables.set(name, { value: value ?? before?.value ?? "", isExported, isReadonly: true });
    }
    return 0;
  },
};
