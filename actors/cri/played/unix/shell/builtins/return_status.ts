import type { Builtin } from "../builtin.ts";
import { FunctionReturn } from "../shell.ts";

/** `return` leaves a function or a file that is run by `.`. */
export const returnStatus: Builtin = {
  names: ["return"],
  run(shell, [status]) {
    throw new FunctionReturn(status === undefined ? shell.status : Number(status) & 0xff);
  },
};
