import { errorTexts } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Removes folders that are empty. */
export const rmdir: Program = {
  names: ["rmdir"],
  *run(self) {
    const { rest } = yield* argumentsOf(self, "");
    let status = 0;
    for (const name of rest) {
      const failed = self.kernel.host.tree.remove(resolvePath(self.folder, name), "folder");
      if (!failed) continue;
      yield* complain(self, `'${name}': ${errorTexts[failed.error]}`);
      status = 1;
    }
    return status;
  },
};
