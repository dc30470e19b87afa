import type { Builtin } from "../builtin.ts";
import { jump } from "./_jump.ts";

/** `continue` goes on with the next turn of a loop, or of one around it. */
export const continueLoop: Builtin = {
  names: ["continue"],
  run(shell, [levels]) {
    return jump(shell, "continue", levels);
  },
};
