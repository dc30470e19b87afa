import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Belongs to root and runs as root, unless who starts it may gain nothing by that. */
export const nnp: Program = {
  names: ["nnp"],
  *run(self) {
    const { uid, privileges } = self.user;
    yield* print(self, `Effective uid: ${privileges?.mayGain === false ? uid : 0}\n`);
    return 0;
  },
};
