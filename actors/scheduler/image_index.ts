/** On how many nodes each image is. */
export interface ImageIndex {
  /** By one of the image's names. */
  nodesWith(name: string): number;
  /** A node's images changed. */
  changed(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): void;
}

/** Makes an index without any image. */
export function createImageIndex(): ImageIndex {
  const nodes = new Map<string, number>();
  return {
    nodesWith: (name) => nodes.get(name) ?? 0,
    changed(before, after) {
      if (before === after) return;
      for (const name of before.keys()) {
        if (after.has(name)) continue;
        const left = (nodes.get(name) ?? 0) - 1;
        if (left > 0) nodes.set(name, left);
        else nodes.delete(name);
      }
      for (const name of after.keys()) if (!before.has(name)) nodes.set(name, (nodes.get(name) ?? 0) + 1);
    },
  };
}
