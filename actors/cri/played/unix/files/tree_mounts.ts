import { present } from "../../../../kit/present.ts";
import { type Failure, failure, hasFailed } from "./errno.ts";
import type { FileNode, Folder, Medium } from "./file_node.ts";
import {
  allMounted,
  below,
  type Mounted,
  type MountTables,
  putMount,
  takeMount,
  type VolumeAt,
  type VolumePlace,
} from "./mount_table.ts";

/** What is mounted in a tree, and how that changes. */
export interface TreeMounts {
  /** Puts what is stored elsewhere under a path of this tree alone; the way to it is made. */
  mount(path: string, mount: Mount): Failure | undefined;
  /** Puts it in place of what is under a path, for all who see what is mounted there. */
  mountOver(path: string, mount: Mount): Failure | undefined;
  /** Takes away what was mounted last under a path; with `isLazy`, whatever is mounted below it. */
  unmount(path: string, isLazy: boolean): Failure | undefined;
  /** What is mounted, the tree itself first. */
  mounts(): MountedTree[];
}

/** A folder or a file of another medium, which is seen in a tree too. */
export interface Mount {
  readonly node: FileNode;
  /** Nothing in it can be changed by this way to it. */
  readonly isReadOnly: boolean;
  /** Default: it is nowhere on a computer. */
  readonly volume?: VolumePlace;
  /** What it is called in lists. Default: its type. */
  readonly source?: string;
  /** Default: `tmpfs`. */
  readonly type?: string;
}

/** A file system as it is seen in a tree. */
export interface MountedTree {
  readonly source: string;
  readonly path: string;
  readonly type: string;
  readonly usedBytes: number;
  readonly bytesMax: number;
  readonly isReadOnly: boolean;
  /** Who sees what is mounted below it. Default: nobody else. */
  readonly propagation?: VolumePlace["propagation"];
  /** Its path on the computer; the whole disk's is empty. Default: it is nowhere there. */
  readonly hostPath?: string;
}

/** Where the last name of a path is looked up. */
export interface Place {
  readonly folder: Folder;
  readonly name: string;
  /** What is there: mounted, or of the folder. */
  readonly node: FileNode | undefined;
  readonly mounted: Mounted | undefined;
  /** Its path for mount tables. */
  readonly at: string;
  /** The volume that the folder is in. */
  readonly volume: VolumeAt | undefined;
  readonly medium: Medium;
  readonly isReadOnly: boolean;
}

/** What of a tree its mounts depend on. */
interface TreeParts {
  readonly tables: MountTables;
  /** The path of its root for mount tables. */
  readonly base: string;
  readonly own: Medium;
  walk(path: string, isOwn: boolean): Place | Failure;
  find(path: string): FileNode | Failure;
  follow(path: string): string | Failure;
  /** Sees that there is something under a path. */
  makePlace(path: string, node: FileNode): Failure | undefined;
  /** Whether nothing of its own can be changed. */
  isSealed(): boolean;
}

const layersAtRoot = { source: "overlay", type: "overlay" };
const diskAtRoot = { source: "/dev/vda1", type: "ext4" };

/** The mounts of a tree. */
export function treeMounts({ tables, base, own, walk, find, follow, makePlace, isSealed }: TreeParts): TreeMounts {
  function mountAt(path: string, mount: Mount, isShared: boolean): Failure | undefined {
    const place = walk(path, true);
    if (hasFailed(place)) return place;
    if (place.name === "") return failure("EBUSY");
    const { at } = place;
    const { node, isReadOnly, volume, type = "tmpfs", source = type } = mount;
    const mounted: Mounted = { node, isReadOnly, source, type, ...present({ volume }) };
    putMount(tables, at, { mounted, volume: isShared ? place.volume : undefined });
    // Whom nobody tells what is mounted later has what was there.
    if (volume?.propagation === "None")
      for (const [each, was] of [...below(tables.host, { ...volume, at })]) tables.own.set(each, was);
    return undefined;
  }

  return {
    mount(path, mount) {
      const failed = makePlace(path, mount.node);
      if (failed) return failed;
      const target = follow(path);
      return mountAt(typeof target === "string" ? target : path, mount, false);
    },
    mountOver(path, mount) {
      const found = find(path);
      if (hasFailed(found)) return found;
      if ((found.kind === "folder") !== (mount.node.kind === "folder")) return failure("ENOTDIR");
      const target = follow(path);
      return typeof target === "string" ? mountAt(target, mount, true) : target;
    },
    unmount(path, isLazy) {
      const target = follow(path);
      const place = typeof target === "string" ? walk(target, false) : target;
      if (hasFailed(place)) return place;
      const { at, volume, mounted } = place;
      if (!place.node) return failure("ENOENT");
      if (!mounted) return failure(place.name === "" ? "EBUSY" : "EINVAL");
      const inside = [...allMounted(tables).keys()].some((each) => each.startsWith(`${at}/`));
      if (inside && !isLazy) return failure("EBUSY");
      takeMount(tables, at, volume);
      return undefined;
    },
    mounts: () => [
      {
        ...(tables.own === tables.host ? diskAtRoot : layersAtRoot),
        ...{ path: "/", isReadOnly: isSealed() },
        ...{ usedBytes: own.usedBytes, bytesMax: own.bytesMax },
      },
      ...[...allMounted(tables)].flatMap(([at, { node, isReadOnly, source, type, volume }]) => {
        if (!at.startsWith(`${base}/`)) return [];
        const { usedBytes, bytesMax, isReadOnly: isFixed } = node.owner ?? own;
        const { propagation, hostPath } = volume ?? {};
        const shown = { source, path: at.slice(base.length), type, isReadOnly: isReadOnly || isFixed };
        return [{ ...shown, usedBytes, bytesMax, ...present({ propagation, hostPath }) }];
      }),
    ],
  };
}

/** The volume that begins with what is mounted at a path. */
export function volumeOf({ volume }: Mounted, at: string): VolumeAt | undefined {
  return volume && { ...volume, at };
}

/** What is there as it is seen: a folder with what is mounted somewhere in it. */
export function seenIn(tables: MountTables, node: FileNode, { at }: Pick<Place, "at">): FileNode {
  if (node.kind !== "folder" || tables.own.size === 0) return node;
  const inside = [...allMounted(tables)].filter(([path]) => path.startsWith(`${at}/`));
  return inside.length === 0 ? node : withMounts(node, at, inside);
}

function withMounts(
  folder: Folder,
  at: string,
  inside: readonly (readonly [path: string, mounted: Mounted])[],
): Folder {
  const entries = new Map(folder.entries);
  const names = new Set(inside.map(([path]) => path.slice(at.length + 1).split("/")[0] ?? ""));
  for (const name of names) {
    const path = `${at}/${name}`;
    const node = inside.find(([each]) => each === path)?.[1].node ?? entries.get(name);
    const deeper = inside.filter(([each]) => each.startsWith(`${path}/`));
    if (node) entries.set(name, node.kind === "folder" && deeper.length > 0 ? withMounts(node, path, deeper) : node);
  }
  return { ...folder, entries };
}
