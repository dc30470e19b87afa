import { errorTexts, hasFailed } from "../files/errno.ts";
import { type FileNode, sizeOf } from "../files/file_node.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { blockBytes, humanSize } from "../kernel/system_figures.ts";
import { argumentsOf } from "./_arguments.ts";

const blockOfDisk = 4096;

/** Says how much folders take. */
export const du: Program = {
  names: ["du"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "shkamcd:", { "max-depth": "d" });
    const deepest = flags.has("s") ? 0 : Number(flags.get("d") ?? Number.POSITIVE_INFINITY);
    const unit = flags.has("m") ? 1024 ** 2 : blockBytes;
    const size = (bytes: number) => (flags.has("h") ? humanSize(bytes) : String(Math.ceil(bytes / unit)));
    const lines: string[] = [];
    const measure = (node: FileNode, name: string, depth: number): number => {
      let bytes = Math.ceil(sizeOf(node) / blockOfDisk) * blockOfDisk;
      if (node.kind === "folder") {
        for (const [entry, each] of node.entries)
          bytes += measure(each, `${name.replace(/\/$/, "")}/${entry}`, depth + 1);
      }
      if (depth <= deepest && (depth === 0 || node.kind === "folder" || flags.has("a")))
        lines.push(`${size(bytes)}\t${name}\n`);
      return bytes;
    };
    let status = 0;
    let total = 0;
    for (const name of rest.length === 0 ? ["."] : rest) {
      const node = self.kernel.host.tree.find(resolvePath(self.folder, name));
      if (!hasFailed(node)) total += measure(node, name, 0);
      else {
        yield* complain(self, `${name}: ${errorTexts[node.error]}`);
        status = 1;
      }
    }
    if (flags.has("c")) lines.push(`${size(total)}\ttotal\n`);
    yield* print(self, lines.join(""));
    return status;
  },
};
