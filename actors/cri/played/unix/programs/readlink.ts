import { hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Says where a link leads. */
export const readlink: Program = {
  names: ["readlink"],
  *run(self) {
    const { rest } = yield* argumentsOf(self, "fne");
    const node = self.kernel.host.tree.find(resolvePath(self.folder, rest[0] ?? ""), true);
    if (hasFailed(node) || node.kind !== "link") return 1;
    yield* print(self, `${node.target}\n`);
    return 0;
  },
};
