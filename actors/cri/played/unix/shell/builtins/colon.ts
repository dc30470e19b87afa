import type { Builtin } from "../builtin.ts";

/** `:` does nothing. */
export const colon: Builtin = {
  names: [":"],
  keepsVariables: true,
  run() {
    return 0;
  },
};
