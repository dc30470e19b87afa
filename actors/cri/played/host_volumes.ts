import type {
  MeasureAnswer,
  VolumeAnswer,
  VolumeFile,
  VolumeOrder,
  VolumeRequest,
  VolumeSize,
} from "../../computer/messages.ts";
import { present } from "../../kit/present.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { failedCall, nothing, type PartProblem } from "../cri_answers.ts";
import type { ContainerMount } from "../messages.ts";
import { hostDisk, hostProblem } from "./host_disk.ts";
import { hasFailed } from "./unix/files/errno.ts";
import { type FileNode, type Folder, newFolder, newMedium, type Owner, setGroupBit } from "./unix/files/file_node.ts";
import type { FileTree } from "./unix/files/file_tree.ts";
import type { MountTable, VolumePlace } from "./unix/files/mount_table.ts";
import { resolvePath } from "./unix/files/paths.ts";
import { partOf } from "./volume_part.ts";
import { volumeNodesMax as nodesMax, type VolumeShelf } from "./volume_shelf.ts";

/** The volumes of a node's pods, and what of its own disk pods may see. */
export interface HostVolumes {
  prepare(request: Extract<VolumeRequest, { readonly op: "PrepareVolumes" }>): VolumeAnswer;
  remove(folder: string): VolumeAnswer;
  measure(folder: string): MeasureAnswer;
  /** Those that have volumes. */
  folders(): readonly string[];
  /** The computer's own disk. */
  disk(): FileTree;
  /** What is mounted on the computer beside volumes. */
  readonly mounts: MountTable;
  /** Where on the computer is what a mount leads to; undefined: it is an image. */
  placeOf(mount: ContainerMount): VolumePlace | undefined;
  /** Whether there is anything at the path of a mount. */
  has(mount: ContainerMount): boolean;
  /** What a mount leads to, which is given to a group; a folder of a volume that is named and not there is made. */
  find(mount: ContainerMount, fsGroup?: number): FileNode | undefined;
  /** What is wrong with the part of a volume that a mount names; undefined: nothing, or it names none. */
  partProblem(mount: ContainerMount, fsGroup?: number): PartProblem | undefined;
}

/** A volume; what is in it is made when the first container looks. */
interface Volume {
  order: VolumeOrder;
  root: Folder | undefined;
  /** How often its files were put in place of others. */
  version: number;
  /** The group that its files are for. */
  fsGroup?: number;
}

/** What a volume without a limit holds: it lives in memory. */
const bytesMaxDefault = 64 * 1024 * 1024;

/** What there is of a computer beside its disk. */
export interface VolumesHost {
  wallMs(): number;
  /** Its control groups. Default: it has none. */
  groups?(): Folder;
  /** What can be run on it by who enters it. Default: nothing. */
  programs?(): Folder | undefined;
}

/** No volumes yet. */
export function createHostVolumes(host: VolumesHost, shelf: VolumeShelf): HostVolumes {
  const byFolder = new Map<string, Map<string, Volume>>();
  const nowMs = () => host.wallMs();
  let disk: FileTree | undefined;
  const mounts: MountTable = new Map();

  /** The computer's own disk. */
  function ownDisk(): FileTree {
    disk ??= hostDisk({
      nowMs,
      bytesMax: bytesMaxDefault,
      nodesMax,
      mounts,
      ...present({ groups: host.groups?.(), programs: host.programs?.() }),
    });
    return disk;
  }

  function volumeAt(path: string): Volume | undefined {
    for (const volumes of byFolder.values()) {
      const found = volumes.get(path);
      if (found) return found;
    }
    return undefined;
  }

  function rootOf(volume: Volume): FileNode | undefined {
    const { order } = volume;
    if (order.kind === "host") {
      const found = ownDisk().nodeToChange(order.path);
      // What nobody can change can still be seen.
      const seen = hasFailed(found) && found.error === "EROFS" ? ownDisk().find(order.path) : found;
      return hasFailed(seen) ? undefined : seen;
    }
    if (order.kind === "disk") return diskRoot(order);
    volume.root ??= emptyRoot(order, nowMs());
    if (order.kind === "files" && volume.root.entries.size === 0)
      fill(volume.root, { order, version: volume.version }, nowMs());
    return volume.root;
  }

  function diskRoot({ volume, bytesMax }: Extract<VolumeOrder, { readonly kind: "disk" }>): Folder {
    return shelf.open(volume, { bytesMax: Math.min(bytesMax, bytesMaxDefault), nowMs: nowMs() });
  }

  function prepareOne(volumes: Map<string, Volume>, order: VolumeOrder): string | undefined {
    const known = volumes.get(order.path);
    if (order.kind === "host") {
      const wrong = hostProblem(ownDisk(), order);
      if (wrong !== undefined) return wrong;
    }
    if (!known) volumes.set(order.path, { order, root: undefined, version: 0 });
    else if (order.kind === "files") replaceFiles(known, order, nowMs());
    else if (order.kind === "disk") {
      // It may have grown.
      known.order = order;
      diskRoot(order);
    }
    return undefined;
  }

  function find({ hostPath, subPath }: ContainerMount, fsGroup?: number): Result<FileNode | undefined, PartProblem> {
    const volume = volumeAt(hostPath);
    const root = volume && rootOf(volume);
    const { kind } = volume?.order ?? {};
    if (root && fsGroup !== undefined && (kind === "empty" || kind === "disk")) giveToGroup(root, fsGroup);
    if (root && fsGroup !== undefined && kind === "files" && volume?.fsGroup !== fsGroup) {
      volume.fsGroup = fsGroup;
      showToGroup(root, fsGroup);
    }
    if (!root || !subPath) return ok(root);
    if (root.kind !== "folder") return failed("prepare");
    const at = volume.order.kind === "host" ? { at: volume.order.path } : {};
    return partOf(root, subPath, { nowMs: nowMs(), ...at });
  }

  return {
    prepare({ folder, volumes: orders }) {
      const volumes = byFolder.get(folder) ?? new Map<string, Volume>();
      byFolder.set(folder, volumes);
      for (const order of orders) {
        const wrong = prepareOne(volumes, order);
        if (wrong !== undefined) return failedCall("UNKNOWN", wrong);
      }
      return nothing;
    },
    remove(folder) {
      byFolder.delete(folder);
      return ok(undefined);
    },
    measure(folder) {
      const sizes: Record<string, VolumeSize> = {};
      for (const [path, { order, root }] of byFolder.get(folder) ?? []) {
        if (order.kind === "disk") sizes[path] = sizeOf(diskRoot(order).owner);
        else if (order.kind === "empty") sizes[path] = sizeOf(root?.owner ?? emptyRoot(order, nowMs()).owner);
        else if (order.kind === "files") sizes[path] = sizeOfFiles(order.files);
      }
      return ok(sizes);
    },
    folders: () => [...byFolder.keys()],
    disk: ownDisk,
    mounts,
    placeOf({ hostPath, subPath, propagation = "None" as const }) {
      const order = volumeAt(hostPath)?.order;
      if (!order) return undefined;
      const path = order.kind === "host" ? ownDisk().realPath(order.path) : order.path;
      return { hostPath: (subPath ? resolvePath(path, subPath) : path).replace(/\/$/, ""), propagation };
    },
    has: ({ hostPath }) => volumeAt(hostPath) !== undefined,
    find(mount, fsGroup) {
      const found = find(mount, fsGroup);
      return found.ok ? found.value : undefined;
    },
    partProblem(mount, fsGroup) {
      const found = mount.subPath === undefined ? nothing : find(mount, fsGroup);
      return found.ok ? undefined : found.failure;
    },
  };
}

function emptyRoot(order: VolumeOrder, nowMs: number): Folder {
  const isReadOnly = order.kind === "files";
  // As Linux makes a file system in memory: who does not own a file there does not remove it.
  const mode = order.kind === "empty" && order.isInMemory ? 0o1777 : 0o777;
  const bytesMax = Math.min((order.kind === "empty" ? order.bytesMax : undefined) ?? bytesMaxDefault, bytesMaxDefault);
  return newFolder(newMedium({ bytesMax, nodesMax, isReadOnly }), nowMs, mode);
}

/** The volume itself is a node, too. */
function sizeOf(medium: Owner): VolumeSize {
  const { usedBytes = 0, nodes = 0, bytesMax = 0, nodesMax: capacityNodes = 0 } = medium ?? {};
  const usedNodes = nodes + 1;
  return {
    ...{ usedBytes, capacityBytes: bytesMax, availableBytes: Math.max(0, bytesMax - usedBytes) },
    ...{ usedNodes, capacityNodes, availableNodes: Math.max(0, capacityNodes - usedNodes) },
  };
}

/** Files are in a folder to which a link leads, and each name at the top is a link: whether anybody looks or not. */
function sizeOfFiles(files: readonly VolumeFile[]): VolumeSize {
  const folders = new Set<string>();
  const atTop = new Set<string>();
  for (const { path } of files) {
    const names = path.split("/").filter((name) => name !== "");
    atTop.add(names[0] ?? "");
    for (let count = 1; count < names.length; count++) folders.add(names.slice(0, count).join("/"));
  }
  const usedBytes = files.reduce((sum, { data }) => sum + data.length, 0);
  const nodes = 2 + files.length + folders.size + atTop.size;
  return sizeOf({ usedBytes, nodes, bytesMax: bytesMaxDefault, nodesMax, isReadOnly: true });
}

function giveToGroup(root: FileNode, gid: number): void {
  const mode = root.mode | setGroupBit | 0o070;
  if (root.mode !== mode) root.mode = mode;
  root.gid = gid;
}

/** Of what processes only read all is the group's, which may read it. */
function showToGroup(node: FileNode, gid: number): void {
  if (node.kind === "link") return;
  node.gid = gid;
  node.mode |= node.kind === "folder" ? setGroupBit | 0o550 : 0o440;
  if (node.kind === "folder") for (const each of node.entries.values()) showToGroup(each, gid);
}

type FilesOrder = Extract<VolumeOrder, { readonly kind: "files" }>;

interface Filling {
  readonly order: FilesOrder;
  /** How often there were others before. */
  readonly version: number;
}

/** Puts files where others are, as a kubelet does: in a folder of their own, to which one link is turned at once. */
function fill(root: Folder, { order: { files }, version }: Filling, nowMs: number): void {
  const { owner } = root;
  const name = `..${stampOf(nowMs)}.${String(version).padStart(9, "0")}`;
  const before = root.entries.get("..data");
  const folder = newFolder(owner, nowMs);
  for (const file of files) addFile(folder, file, nowMs);
  root.entries.set(name, folder);
  root.entries.set("..data", { kind: "link", owner, mode: 0o777, modifiedMs: nowMs, target: name });
  if (before?.kind === "link") root.entries.delete(before.target);
  for (const [entry, node] of [...root.entries]) {
    if (!entry.startsWith("..") && node.kind === "link" && !folder.entries.has(entry)) root.entries.delete(entry);
  }
  for (const entry of folder.entries.keys()) {
    root.entries.set(entry, { kind: "link", owner, mode: 0o777, modifiedMs: nowMs, target: `..data/${entry}` });
  }
  root.modifiedMs = nowMs;
}

function replaceFiles(volume: Volume, order: FilesOrder, nowMs: number): void {
  const { order: before } = volume;
  if (before.kind === "files" && JSON.stringify(before.files) === JSON.stringify(order.files)) return;
  volume.order = order;
  volume.version++;
  if (!volume.root) return;
  fill(volume.root, { order, version: volume.version }, nowMs);
  if (volume.fsGroup !== undefined) showToGroup(volume.root, volume.fsGroup);
}

function addFile(root: Folder, { path, data, mode, uid }: VolumeFile, nowMs: number): void {
  const names = path.split("/").filter((name) => name !== "");
  const last = names.pop() ?? "";
  let folder = root;
  for (const name of names) {
    const found = folder.entries.get(name);
    const next = found?.kind === "folder" ? found : newFolder(root.owner, nowMs);
    folder.entries.set(name, next);
    folder = next;
  }
  const file = { kind: "file", owner: root.owner, mode, modifiedMs: nowMs, bytes: data } as const;
  folder.entries.set(last, { ...file, ...present({ uid }) });
}

/** When files were put there, as the name of their folder says it. */
function stampOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 19).replace(/[-T:]/g, "_");
}
