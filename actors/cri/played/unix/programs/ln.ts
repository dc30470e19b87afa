import { errorTexts, hasFailed } from "../files/errno.ts";
import { baseName, resolvePath } from "../files/paths.ts";
import { complain } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Makes symbolic links. */
export const ln: Program = {
  names: ["ln"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "sfnv");
    const { tree } = self.kernel.host;
    const [target, name] = rest;
    if (target === undefined || !flags.has("s")) {
      yield* complain(self, "only symbolic links can be made in a container that kubetroupe plays: ln -s TARGET NAME");
      return 1;
    }
    const wanted = resolvePath(self.folder, name ?? baseName(target));
    const node = tree.find(wanted);
    const isFolder = !hasFailed(node) && node.kind === "folder" && !flags.has("n");
    const path = isFolder ? resolvePath(wanted, baseName(target)) : wanted;
    if (flags.has("f")) tree.remove(path, "other");
    const failed = tree.makeLink(path, target);
    if (failed) yield* complain(self, `${name ?? target}: ${errorTexts[failed.error]}`);
    return failed ? 1 : 0;
  },
};
