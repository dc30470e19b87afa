import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { isDebian } from "./_is_debian.ts";
import { isMounted } from "./_is_mounted.ts";

/** Says whether something is mounted at a path. */
export const mountpoint: Program = {
  names: ["mountpoint"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "qdnx", { quiet: "q" });
    const [name = ""] = rest;
    const { tree } = self.kernel.host;
    const node = tree.find(resolvePath(self.folder, name));
    if (hasFailed(node)) {
      if (!flags.has("q")) yield* complain(self, `${name}: ${errorTexts[node.error]}`);
      return 1;
    }
    const is = isMounted(tree, tree.realPath(resolvePath(self.folder, name)));
    if (!flags.has("q")) yield* print(self, `${name} is ${is ? "" : "not "}a mountpoint\n`);
    return is ? 0 : isDebian(self) ? 32 : 1;
  },
};
