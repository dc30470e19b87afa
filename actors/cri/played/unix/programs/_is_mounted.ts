import type { FileTree } from "../files/file_tree.ts";

/** Whether something is mounted at a path, which has no links in it. */
export function isMounted(tree: FileTree, path: string): boolean {
  return tree.mounts().some((each) => each.path === path);
}
