import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Makes files, or makes them new. */
export const touch: Program = {
  names: ["touch"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "acmd:t:r:");
    const { tree, wallMs } = self.kernel.host;
    let status = 0;
    for (const name of rest) {
      const path = resolvePath(self.folder, name);
      if (flags.has("c") && hasFailed(tree.find(path))) continue;
      const folder = tree.nodeToChange(path);
      const node = hasFailed(folder) ? tree.fileToWrite(path, true) : folder;
      if (!hasFailed(node)) {
        node.modifiedMs = wallMs();
        continue;
      }
      yield* complain(self, `${name}: ${errorTexts[node.error]}`);
      status = 1;
    }
    return status;
  },
};
