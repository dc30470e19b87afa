import type { FileNode } from "./file_node.ts";

/** What is seen in place of what was under a path. */
export interface Mounted {
  readonly node: FileNode;
  /** Nothing in it can be changed by this way to it. */
  readonly isReadOnly: boolean;
  readonly source: string;
  readonly type: string;
  /** Default: it is not one of a computer's folders. */
  readonly volume?: VolumePlace;
  /** What was mounted there before. */
  readonly under?: Mounted;
}

/** What is mounted where; `undefined`: what others have mounted there is not seen any more. */
export type MountTable = Map<string, Mounted | undefined>;

/**
 * Where a volume is on its computer, and what is mounted below it by whom is seen where. None: what the computer had at
 * the beginning.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation
 */
export interface VolumePlace {
  /** Its path on the computer; the whole disk's is empty. */
  readonly hostPath: string;
  readonly propagation: "None" | "HostToContainer" | "Bidirectional";
}

/** A volume, and under which path processes have it. */
export interface VolumeAt extends VolumePlace {
  readonly at: string;
}

/** The mount tables that a tree looks into. */
export interface MountTables {
  readonly own: MountTable;
  /** That of the computer. */
  readonly host: MountTable;
}

/** What is mounted at a path that is in a volume, or in none. */
export function mountedAt({ own, host }: MountTables, at: string, volume: VolumeAt | undefined): Mounted | undefined {
  if (own.size > 0 && own.has(at)) return own.get(at);
  return isShown(volume) ? host.get(hostPathOf(volume, at)) : undefined;
}

/** All that is mounted, by the paths of whoever looks. */
export function allMounted({ own, host }: MountTables): Map<string, Mounted> {
  const found = new Map<string, Mounted>();
  for (const [at, mounted] of own) {
    if (!mounted) continue;
    found.set(at, mounted);
    const volume = mounted.volume && { ...mounted.volume, at };
    if (!isShown(volume)) continue;
    for (const [path, shown] of below(host, volume)) if (shown && !own.has(path)) found.set(path, shown);
  }
  return found;
}

/** What is mounted below a volume on its computer, by the paths under which its processes would have it. */
export function* below(
  host: MountTable,
  { hostPath, at }: Pick<VolumeAt, "hostPath" | "at">,
): Generator<readonly [path: string, mounted: Mounted | undefined]> {
  for (const [path, mounted] of host) {
    if (path.startsWith(`${hostPath}/`)) yield [at + path.slice(hostPath.length), mounted];
  }
}

/** Mounts something, for all who are to see it. */
export function putMount({ own, host }: MountTables, at: string, { mounted, volume }: NewMount): void {
  const isShared = volume?.propagation === "Bidirectional";
  const table = isShared ? host : own;
  const path = isShared ? hostPathOf(volume, at) : at;
  const under = mountedAt({ own, host }, at, volume);
  table.set(path, under ? { ...mounted, under } : mounted);
}

/** What is to be mounted, and which volume the path is in. */
export interface NewMount {
  readonly mounted: Mounted;
  readonly volume: VolumeAt | undefined;
}

/** Takes the last mount of a path away, for all who are not to see it any more; whether there was one. */
export function takeMount(tables: MountTables, at: string, volume: VolumeAt | undefined): boolean {
  const found = mountedAt(tables, at, volume);
  if (!found) return false;
  const isOwn = tables.own.has(at);
  const isShared = !isOwn && volume?.propagation === "Bidirectional";
  const table = isShared ? tables.host : tables.own;
  const path = isShared && volume ? hostPathOf(volume, at) : at;
  if (found.under) table.set(path, found.under);
  else if (isOwn || isShared) table.delete(path);
  else table.set(path, undefined);
  return true;
}

function isShown(volume: VolumeAt | undefined): volume is VolumeAt {
  return volume !== undefined && volume.propagation !== "None";
}

function hostPathOf({ hostPath, at: volumeAt }: VolumeAt, at: string): string {
  return hostPath + at.slice(volumeAt.length);
}
