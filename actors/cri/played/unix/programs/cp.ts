import { errorTexts, hasFailed } from "../files/errno.ts";
import { baseName, resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { copy } from "./_copy.ts";

const long = {
  archive: "a",
  dereference: "L",
  force: "f",
  "no-clobber": "n",
  "no-dereference": "P",
  "no-target-directory": "T",
  preserve: "p",
  recursive: "R",
  update: "u",
  verbose: "v",
};

/** Copies files. */
export const cp: Program = {
  names: ["cp"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "rRapfdvnLPHTux", long);
    const sources = rest.slice(0, -1);
    const target = resolvePath(self.folder, rest.at(-1) ?? "");
    if (sources.length === 0) {
      yield* complain(self, "missing file operand");
      return 1;
    }
    const { tree } = self.kernel.host;
    const node = tree.find(target);
    const isFolder = !hasFailed(node) && node.kind === "folder" && !flags.has("T");
    const isRecursive = ["r", "R", "a"].some((flag) => flags.has(flag));
    const keepsOld = flags.has("n") || flags.get("u") === "none";
    const isUpdate = flags.has("u") && ["", "older"].includes(flags.get("u") ?? "");
    let status = 0;
    for (const name of sources) {
      const from = resolvePath(self.folder, name);
      const to = isFolder ? resolvePath(target, baseName(from)) : target;
      const failed = yield* copy(self, { from, to, isRecursive, followsLinks: flags.has("L"), keepsOld, isUpdate });
      if (!failed) {
        if (flags.has("v"))
          yield* print(self, `'${name}' -> '${isFolder ? `${rest.at(-1)}/${baseName(from)}` : rest.at(-1)}'\n`);
        continue;
      }
      yield* complain(self, `can't copy '${name}': ${errorTexts[failed.error]}`);
      status = 1;
    }
    return status;
  },
};
