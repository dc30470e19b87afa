import { executable } from "../kernel/executable.ts";
import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Says where a program is. */
export const which: Program = {
  names: ["which"],
  *run(self) {
    let status = 0;
    for (const name of self.argv.slice(1)) {
      const found = executable(self, [name], self.env.get("PATH"));
      if (found.ok) yield* print(self, `${found.path}\n`);
      else status = 1;
    }
    return status;
  },
};
