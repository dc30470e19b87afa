import { hasFailed } from "../files/errno.ts";
import type { FileTree } from "../files/file_tree.ts";
import { baseName, folderName } from "../files/paths.ts";

/** The files that a path with `*` in its last name stands for, by name; a path without one stands for itself. */
export function globNames(tree: FileTree, path: string): readonly string[] {
  const pattern = baseName(path);
  if (!pattern.includes("*")) return [path];
  const folder = folderName(path);
  const node = tree.find(folder);
  if (hasFailed(node) || node.kind !== "folder") return [];
  const [before = "", after = ""] = pattern.split("*", 2);
  return [...node.entries.keys()]
    .filter((name) => name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after))
    .filter((name) => !name.startsWith("."))
    .sort()
    .map((name) => `${folder === "/" ? "" : folder}/${name}`);
}
