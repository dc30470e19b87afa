import { type Failure, failure, hasFailed } from "../files/errno.ts";
import { turn } from "../kernel/kernel.ts";
import type { Process, Running } from "../kernel/process.ts";

/** What is copied where to, and how. */
export interface Copying {
  readonly from: string;
  readonly to: string;
  readonly isRecursive: boolean;
  /** What links lead to is copied, wherever they are. */
  readonly followsLinks: boolean;
  /** What is there already stays as it is. */
  readonly keepsOld: boolean;
  /** What is there already and not older stays as it is. */
  readonly isUpdate: boolean;
}

/** Copies a file, or a folder with all that is in it. */
export function* copy(self: Process, copying: Copying): Running<Failure | undefined> {
  const { from, to, isRecursive, followsLinks, keepsOld, isUpdate } = copying;
  const { tree } = self.kernel.host;
  if (self.kernel.spend(2)) yield turn;
  const node = tree.find(from, isRecursive && !followsLinks);
  if (hasFailed(node)) return node;
  const there = tree.find(to, true);
  if (node.kind !== "folder" && !hasFailed(there)) {
    if (keepsOld || (isUpdate && there.modifiedMs >= node.modifiedMs)) return undefined;
  }
  if (node.kind === "link") return tree.makeLink(to, node.target);
  if (node.kind === "special") return failure("EINVAL");
  if (node.kind === "folder") {
    if (!isRecursive) return failure("EISDIR");
    if (to === from || to.startsWith(`${from}/`)) return failure("EINVAL");
    const before = tree.find(to);
    const failed = hasFailed(before) ? tree.makeFolder(to) : undefined;
    if (failed) return failed;
    for (const name of [...node.entries.keys()]) {
      const inner = yield* copy(self, { ...copying, from: `${from}/${name}`, to: `${to}/${name}` });
      if (inner) return inner;
    }
    return undefined;
  }
  const file = tree.fileToWrite(to, true);
  if (hasFailed(file)) return file;
  if (file.kind !== "file") return undefined;
  file.mode = node.mode;
  // A program is one wherever it is, as long as it is kept in memory.
  if (node.program === undefined) delete file.program;
  else file.program = node.program;
  return tree.setBytes(file, node.bytes);
}
