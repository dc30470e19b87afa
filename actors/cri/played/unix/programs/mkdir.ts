import { errorTexts, type Failure, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Makes folders, with `-v` told of. */
export const mkdir: Program = {
  names: ["mkdir"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "pvm:", { parents: "p" });
    const { tree } = self.kernel.host;
    let status = 0;
    for (const name of rest) {
      const path = resolvePath(self.folder, name);
      let failed: Failure | undefined;
      if (!flags.has("p")) failed = tree.makeFolder(path);
      else {
        const names = path.split("/").slice(1);
        for (let depth = 1; depth <= names.length && !failed; depth++) {
          const part = `/${names.slice(0, depth).join("/")}`;
          const before = tree.find(part);
          if (!hasFailed(before) && before.kind === "folder") continue;
          failed = hasFailed(before) ? tree.makeFolder(part) : { error: "EEXIST" };
          if (!failed && flags.has("v")) yield* print(self, `created directory: '${part}'\n`);
        }
      }
      if (!failed && flags.has("v") && !flags.has("p")) yield* print(self, `created directory: '${name}'\n`);
      if (!failed) continue;
      yield* complain(self, `can't create directory '${name}': ${errorTexts[failed.error]}`);
      status = 1;
    }
    return status;
  },
};
