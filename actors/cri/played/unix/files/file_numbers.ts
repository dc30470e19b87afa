import type { FileNode } from "./file_node.ts";
import type { FileTree } from "./file_tree.ts";

interface Numbers {
  readonly known: WeakMap<FileNode, number>;
  last: number;
}

const trees = new WeakMap<FileTree, Numbers>();

/** A file's number in a tree, as `ls -i` shows it: it stays the file's, wherever that is moved to; counted as they are asked for. */
export function fileNumber(tree: FileTree, node: FileNode): number {
  const numbers = trees.get(tree) ?? { known: new WeakMap(), last: 1 };
  trees.set(tree, numbers);
  const found = numbers.known.get(node) ?? ++numbers.last;
  numbers.known.set(node, found);
  return found;
}
