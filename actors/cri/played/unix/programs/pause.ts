import type { Program } from "../kernel/process.ts";
import { idle } from "../kernel/run_command.ts";

/** Does nothing until it is told to end: what images of `pause` have, where they were pulled with their files. */
export const pause: Program = {
  names: ["pause"],
  *run(self) {
    for (const signal of ["TERM", "INT"] as const) self.handlers.set(signal, "exit");
    return yield* idle();
  },
};
