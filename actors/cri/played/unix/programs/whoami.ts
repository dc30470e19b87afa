import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Prints the name of the user. */
export const whoami: Program = {
  names: ["whoami"],
  *run(self) {
    const { uid } = self.user;
    if (uid === 0) {
      yield* print(self, "root\n");
      return 0;
    }
    yield* complain(self, `unknown uid ${uid}`);
    return 1;
  },
};
