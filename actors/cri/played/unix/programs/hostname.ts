import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Prints the name of the pod's host. */
export const hostname: Program = {
  names: ["hostname"],
  *run(self) {
    yield* print(self, `${self.kernel.host.hostname}\n`);
    return 0;
  },
};
