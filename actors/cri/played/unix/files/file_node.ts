import type { Failure } from "./errno.ts";

/** What there is under a name of a file system. Contents are bytes, a character each (latin1). */
export type FileNode = RegularFile | Folder | Link | SpecialFile;

/**
 * What nodes are stored on: a container's own layer, or a volume. Nodes that have one are changed in place, by whoever
 * comes to them; those without are shared by many trees, and copied before they are changed.
 */
export interface Medium {
  usedBytes: number;
  nodes: number;
  readonly bytesMax: number;
  readonly nodesMax: number;
  /** Nothing on it can be changed by a process. */
  readonly isReadOnly: boolean;
  /** What went wrong with the last change, said once. Absent: nothing can go wrong. */
  takeFailure?(): Failure | undefined;
}

/** Where a node is stored; undefined: shared. */
export type Owner = Medium | undefined;

interface NodeBase {
  readonly owner: Owner;
  /** The permission bits. */
  mode: number;
  modifiedMs: number;
  /** Whose it is. Default: root's. */
  uid?: number;
  gid?: number;
}

/** What makes what is new in a folder the folder's group's, as `mode` has it. */
export const setGroupBit = 0o2000;

/** How a listing names who owns something. */
export function ownerName(id: number): string {
  return id === 0 ? "root" : id === 65_534 ? "nobody" : String(id);
}

/** A file with bytes in it. */
export interface RegularFile extends NodeBase {
  readonly kind: "file";
  bytes: string;
  /** The name of the program that it is, when it is one. */
  program?: string;
}

/** A folder. */
export interface Folder extends NodeBase {
  readonly kind: "folder";
  readonly entries: Map<string, FileNode>;
}

/** A symbolic link. */
export interface Link extends NodeBase {
  readonly kind: "link";
  readonly target: string;
}

/** A device: what is read from it and written to it is made up as it happens. */
export interface SpecialFile extends NodeBase {
  readonly kind: "special";
  readonly device: "null" | "zero" | "full" | "random";
}

/** An empty medium. */
export function newMedium({
  bytesMax,
  nodesMax,
  isReadOnly = false,
}: Pick<Medium, "bytesMax" | "nodesMax"> & { readonly isReadOnly?: boolean }): Medium {
  return { usedBytes: 0, nodes: 0, bytesMax, nodesMax, isReadOnly };
}

/** A folder without entries. */
export function newFolder(owner: Owner, modifiedMs: number, mode = 0o755): Folder {
  return { kind: "folder", owner, mode, modifiedMs, entries: new Map() };
}

/** A file. */
export function newFile(owner: Owner, modifiedMs: number, bytes = ""): RegularFile {
  return { kind: "file", owner, mode: 0o644, modifiedMs, bytes };
}

/** How a listing shows the kind and the permissions of a node: `drwxr-xr-x`. */
export function modeText({ kind, mode }: FileNode): string {
  const letters = "rwxrwxrwx";
  let text = { file: "-", folder: "d", link: "l", special: "c" }[kind];
  for (let bit = 0; bit < 9; bit++) text += mode & (0o400 >> bit) ? letters[bit] : "-";
  const group = mode & setGroupBit ? (mode & 0o010 ? "s" : "S") : text.slice(6, 7);
  return text.slice(0, 6) + group + text.slice(7, 9) + (mode & 0o1000 ? "t" : text.slice(9));
}

/** How many bytes a node shows as its size. */
export function sizeOf(node: FileNode): number {
  if (node.kind === "file") return node.bytes.length;
  return node.kind === "link" ? node.target.length : node.kind === "folder" ? 4096 : 0;
}
