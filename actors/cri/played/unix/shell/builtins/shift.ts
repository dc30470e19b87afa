import type { Builtin } from "../builtin.ts";
import { shellComplains } from "../shell.ts";

/** Drops positional parameters from the first on. */
export const shift: Builtin = {
  names: ["shift"],
  *run(shell, [count = "1"]) {
    if (Number(count) > shell.positional.length) {
      yield* shellComplains(shell, "shift: can't shift that many");
      return 2;
    }
    shell.positional = shell.positional.slice(Number(count));
    return 0;
  },
};
