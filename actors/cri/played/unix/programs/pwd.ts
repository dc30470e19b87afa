import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Prints the folder that it is in. */
export const pwd: Program = {
  names: ["pwd"],
  *run(self) {
    yield* print(self, `${self.folder}\n`);
    return 0;
  },
};
