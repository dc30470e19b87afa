import { errorTexts, hasFailed } from "../files/errno.ts";
import { baseName, resolvePath } from "../files/paths.ts";
import { complain } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { copy } from "./_copy.ts";

/** Copies files. */
export const cp: Program = {
  names: ["cp"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "rRapfdvn");
    const sources = rest.slice(0, -1);
    const target = resolvePath(self.folder, rest.at(-1) ?? "");
    if (sources.length === 0) {
      yield* complain(self, "missing file operand");
      return 1;
    }
    const node = self.kernel.host.tree.find(target);
    const isFolder = !hasFailed(node) && node.kind === "folder";
    const isRecursive = ["r", "R", "a"].some((flag) => flags.has(flag));
    let status = 0;
    for (const name of sources) {
      const from = resolvePath(self.folder, name);
      const to = isFolder ? resolvePath(target, baseName(from)) : target;
      const failed = yield* copy(self, { from, to, isRecursive });
      if (!failed) continue;
      yield* complain(self, `can't copy '${name}': ${errorTexts[failed.error]}`);
      status = 1;
    }
    return status;
  },
};
