import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { processors } from "../kernel/system_figures.ts";

/** Says how many processors there are. */
export const nproc: Program = {
  names: ["nproc"],
  *run(self) {
    yield* print(self, `${processors}\n`);
    return 0;
  },
};
