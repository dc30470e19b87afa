import { programName } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** `true` and `false` do nothing but end, well and not. */
export const trueAndFalse: Program = {
  names: ["true", "false"],
  run(self) {
    return programName(self) === "true" ? 0 : 1;
  },
};
