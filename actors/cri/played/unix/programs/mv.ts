import { errorTexts, hasFailed } from "../files/errno.ts";
import { baseName, resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Moves files, with `-v` told of. */
export const mv: Program = {
  names: ["mv"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "fvnT");
    const { tree } = self.kernel.host;
    const target = resolvePath(self.folder, rest.at(-1) ?? "");
    const node = tree.find(target);
    const isFolder = !hasFailed(node) && node.kind === "folder";
    let status = rest.length < 2 ? 1 : 0;
    if (rest.length < 2) yield* complain(self, "missing file operand");
    for (const name of rest.slice(0, -1)) {
      const from = resolvePath(self.folder, name);
      const failed = tree.move(from, isFolder ? resolvePath(target, baseName(from)) : target);
      if (!failed) {
        const given = rest.at(-1) ?? "";
        const to = isFolder ? `${given.replace(/\/$/, "")}/${baseName(from)}` : given;
        if (flags.has("v")) yield* print(self, `'${name}' -> '${to}'\n`);
        continue;
      }
      yield* complain(self, `can't rename '${name}': ${errorTexts[failed.error]}`);
      status = 1;
    }
    return status;
  },
};
