import type { Builtin } from "../builtin.ts";
import { FunctionReturn, shellComplains } from "../shell.ts";

/** `return` leaves a function or a file that is run by `.`, smaller shells than bash by it also what is neither. */
export const returnStatus: Builtin = {
  names: ["return"],
  *run(shell, [status]) {
    if (shell.isBash && shell.locals.length === 0 && shell.sourced === 0) {
      yield* shellComplains(shell, "return: can only `return' from a function or sourced script");
      return 2;
    }
    throw new FunctionReturn(status === undefined ? shell.status : Number(status) & 0xff);
  },
};
