import { errorTexts, type Failure, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Removes files, and folders with all that is in them. */
export const rm: Program = {
  names: ["rm"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "rRfiv", { recursive: "r", force: "f" });
    let status = 0;
    for (const name of rest) {
      const path = resolvePath(self.folder, name);
      const failed: Failure | undefined =
        path === "/" ? { error: "EPERM" } : yield* remove(self, path, flags.has("r") || flags.has("R"));
      if (!failed || (failed.error === "ENOENT" && flags.has("f"))) continue;
      yield* complain(self, `can't remove '${name}': ${errorTexts[failed.error]}`);
      status = 1;
    }
    return status;
  },
};

function* remove(self: Process, path: string, isRecursive: boolean): Running<Failure | undefined> {
  const { tree } = self.kernel.host;
  if (self.kernel.spend(1)) yield turn;
  const node = tree.find(path, true);
  if (hasFailed(node)) return node;
  if (node.kind !== "folder" || !isRecursive) return tree.remove(path, "other");
  for (const name of [...node.entries.keys()]) {
    const failed = yield* remove(self, `${path}/${name}`, true);
    if (failed) return failed;
  }
  return tree.remove(path, "folder");
}
