import { type Folder, type Medium, newFolder } from "./unix/files/file_node.ts";

/** How a volume is looked into. */
export interface VolumeUse {
  /** How much it holds. */
  readonly bytesMax: number;
  readonly nowMs: number;
}

/**
 * The data of claims: it belongs to no computer. Whoever looks into a volume sees what all others see, and what is
 * written is there when they are gone.
 */
export interface VolumeShelf {
  /** The volume of that handle; one that nobody has looked into is empty. It holds as much as was said last. */
  open(handle: string, use: VolumeUse): Folder;
  /** Forgets the data for good. */
  remove(handle: string): void;
}

/** How many files and folders a volume has at most. */
export const volumeNodesMax = 20_000;

/** Volumes in memory: they last as long as the shelf. */
export function memoryShelf(): VolumeShelf {
  const volumes = new Map<string, { readonly root: Folder; bytesMax: number }>();
  return {
    open(handle, { bytesMax, nowMs }) {
      const known = volumes.get(handle);
      if (known) {
        known.bytesMax = bytesMax;
        return known.root;
      }
      const medium: Medium = {
        usedBytes: 0,
        nodes: 0,
        nodesMax: volumeNodesMax,
        isReadOnly: false,
        get bytesMax() {
          return volume.bytesMax;
        },
      };
      const volume = { root: newFolder(medium, nowMs, 0o777), bytesMax };
      volumes.set(handle, volume);
      return volume.root;
    },
    remove: (handle) => void volumes.delete(handle),
  };
}
