import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import type { Process } from "../kernel/process.ts";

/** What is in a file; else why not, as Go says it. */
export function readFile(self: Process, path: string): { readonly text: string } | { readonly error: string } {
  const node = self.kernel.host.tree.find(resolvePath(self.folder, path));
  if (hasFailed(node)) return { error: `open ${path}: ${goText(errorTexts[node.error])}` };
  if (node.kind === "folder") return { error: `read ${path}: is a directory` };
  return node.kind === "file" ? { text: node.bytes } : { text: "" };
}

/** Go writes errors in lower case. */
export function goText(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The words behind a key of `/etc/resolv.conf`, where it comes first. */
export function resolverLine(self: Process, key: string): readonly string[] | undefined {
  const read = readFile(self, "/etc/resolv.conf");
  const line = "text" in read ? read.text.split("\n").find((each) => each.startsWith(key)) : undefined;
  return line?.split(" ").slice(1);
}
