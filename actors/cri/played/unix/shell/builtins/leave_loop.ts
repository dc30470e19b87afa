import type { Builtin } from "../builtin.ts";
import { jump } from "./_jump.ts";

/** `break` leaves a loop, or so many. */
export const leaveLoop: Builtin = {
  names: ["break"],
  run(shell, [levels]) {
    return jump(shell, "break", levels);
  },
};
