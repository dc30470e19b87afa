import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Clears a terminal. */
export const clear: Program = {
  names: ["clear"],
  *run(self) {
    yield* print(self, "\x1b[H\x1b[J");
    return 0;
  },
};
