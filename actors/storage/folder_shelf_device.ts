import { createHash } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Failure } from "../cri/played/unix/files/errno.ts";
import type { FileNode, Folder, Medium, RegularFile } from "../cri/played/unix/files/file_node.ts";
import { type VolumeShelf, volumeNodesMax } from "../cri/played/volume_shelf.ts";
import { isHandle } from "./messages.ts";

/** A link is kept under a target that leads nowhere: nobody who writes into the folder is led out of it. */
const linkMark = "kubetroupe-link:";
/** What is being written has such a name until it is whole. */
const partMark = ".kubetroupe-part-";

interface Disk extends Medium {
  bytesMax: number;
  /** What went wrong with the last change, as the machine said it. */
  failure: Failure | undefined;
}

/** Where a node is: it changes when a folder above it is moved. */
interface Place {
  parent: Place | undefined;
  /** Bytes, a character each. */
  name: string;
}

/** A node that was made for what is on the disk, and what it was made for. */
interface Known {
  readonly node: FileNode;
  readonly inode: number;
}

/**
 * Volumes as folders of the machine, one each below a folder: all threads see the same, and it is there when the process
 * is gone. Each file is replaced as a whole when it is written to.
 */
export function folderShelf(folder: string): VolumeShelf {
  const volumes = new Map<string, { readonly disk: Disk; readonly root: Folder }>();
  return {
    open(handle, { bytesMax }) {
      const path = claimFolder(folder, handle);
      if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(path, 0o777);
      const known = volumes.get(handle);
      const disk = known?.disk ?? newDisk(bytesMax);
      disk.bytesMax = bytesMax;
      const root = known?.root ?? rootAt(disk, Buffer.from(path).toString("latin1"));
      volumes.set(handle, { disk, root });
      // Others may have written meanwhile.
      Object.assign(disk, counted(root));
      return root;
    },
    remove(handle) {
      volumes.delete(handle);
      rmSync(claimFolder(folder, handle), { recursive: true, force: true });
    },
  };
}

/** Where the data of a claim are, below the folder of all. */
export function claimFolder(folder: string, handle: string): string {
  // Handles that users wrote into volumes of their own may be anything.
  return join(folder, isHandle(handle) ? handle : createHash("sha256").update(handle).digest("hex"));
}

function newDisk(bytesMax: number): Disk {
  return {
    ...{ usedBytes: 0, nodes: 0, bytesMax, nodesMax: volumeNodesMax, isReadOnly: false, failure: undefined },
    takeFailure() {
      const { failure } = this as Disk;
      (this as Disk).failure = undefined;
      return failure;
    },
  };
}

function counted({ entries }: Folder): Pick<Medium, "usedBytes" | "nodes"> {
  const sum = { usedBytes: 0, nodes: 0 };
  for (const node of entries.values()) {
    sum.nodes++;
    if (node.kind === "file") sum.usedBytes += lengthOf(node);
    if (node.kind !== "folder") continue;
    const inner = counted(node);
    sum.usedBytes += inner.usedBytes;
    sum.nodes += inner.nodes;
  }
  return sum;
}

const places = new WeakMap<FileNode, Place>();

function lengthOf(file: RegularFile): number {
  const place = places.get(file);
  return (place && statOf(place)?.size) ?? 0;
}

/** The whole path, bytes for the machine. */
function bytesOf(place: Place, name?: string): Buffer {
  let path = name === undefined ? place.name : `${place.name}/${name}`;
  for (let at = place.parent; at; at = at.parent) path = `${at.name}/${path}`;
  return Buffer.from(path, "latin1");
}

function statOf(place: Place, name?: string): Stats | undefined {
  return lstatSync(bytesOf(place, name), { throwIfNoEntry: false });
}

function rootAt(disk: Disk, path: string): Folder {
  return folderNode(disk, { parent: undefined, name: path });
}

/** What all nodes have, read from the disk each time. */
function baseOf(disk: Disk, place: Place) {
  return {
    owner: disk as Medium,
    get mode() {
      return (statOf(place)?.mode ?? 0) & 0o7777;
    },
    set mode(mode: number) {
      attempt(disk, () => chmodSync(bytesOf(place), mode | 0o600));
    },
    get modifiedMs() {
      return statOf(place)?.mtimeMs ?? 0;
    },
    set modifiedMs(atMs: number) {
      attempt(disk, () => utimesSync(bytesOf(place), atMs / 1_000, atMs / 1_000));
    },
  };
}

function fileNode(disk: Disk, place: Place): RegularFile {
  const node = Object.defineProperties({ kind: "file" } as { kind: "file" }, {
    ...Object.getOwnPropertyDescriptors(baseOf(disk, place)),
    ...Object.getOwnPropertyDescriptors({
      get bytes() {
        return attempt(disk, () => readFileSync(bytesOf(place), "latin1"))?.value ?? "";
      },
      set bytes(bytes: string) {
        attempt(disk, () => replaceFile(place, bytes));
      },
    }),
  }) as RegularFile;
  places.set(node, place);
  return node;
}

/** Who reads meanwhile sees the old file or the new one; one that was removed stays so. */
function replaceFile(place: Place, bytes: string): void {
  const before = statOf(place);
  if (!before) return;
  const part = bytesOf(place.parent as Place, `${partMark}${process.pid}-${before.ino}`);
  writeFileSync(part, bytes, { encoding: "latin1", mode: before.mode & 0o7777 });
  chmodSync(part, before.mode & 0o7777);
  renameSync(part, bytesOf(place));
}

function folderNode(disk: Disk, place: Place): Folder {
  const node = Object.defineProperties(
    { kind: "folder", entries: entriesOf(disk, place) } as { kind: "folder"; entries: Folder["entries"] },
    Object.getOwnPropertyDescriptors(baseOf(disk, place)),
  ) as Folder;
  places.set(node, place);
  return node;
}

function linkNode(disk: Disk, place: Place): FileNode {
  const target = attempt(disk, () => readlinkSync(bytesOf(place), "latin1"))?.value ?? "";
  const text = target.startsWith(linkMark) ? decodeURIComponent(target.slice(linkMark.length)) : "";
  const node = {
    kind: "link",
    owner: disk,
    mode: 0o777,
    modifiedMs: statOf(place)?.mtimeMs ?? 0,
    target: text,
  } as const;
  places.set(node, place);
  return node;
}

/** The entries of a folder of the machine, as a map of them. */
function entriesOf(disk: Disk, place: Place): Map<string, FileNode> {
  const known = new Map<string, Known>();

  function get(name: string): FileNode | undefined {
    const stat = statOf(place, name);
    if (!stat) {
      known.delete(name);
      return undefined;
    }
    const found = known.get(name);
    const kind = stat.isDirectory() ? "folder" : stat.isSymbolicLink() ? "link" : "file";
    // A file that was replaced has another inode, but it is the same file.
    if (found?.node.kind === kind && (kind === "file" || found.inode === stat.ino)) return found.node;
    const at: Place = { parent: place, name };
    const node = kind === "folder" ? folderNode(disk, at) : kind === "link" ? linkNode(disk, at) : fileNode(disk, at);
    known.set(name, { node, inode: stat.ino });
    return node;
  }

  const names = (): string[] =>
    (attempt(disk, () => readdirSync(bytesOf(place), { encoding: "buffer" }))?.value ?? [])
      .map((name) => name.toString("latin1"))
      .filter((name) => !name.startsWith(partMark));
  const entries = (): [string, FileNode][] =>
    names().flatMap((name) => {
      const node = get(name);
      return node ? [[name, node] as [string, FileNode]] : [];
    });

  function set(name: string, node: FileNode): void {
    known.delete(name);
    const from = places.get(node);
    if (from && node.owner === disk) {
      attempt(disk, () => renameSync(bytesOf(from), bytesOf(place, name)));
      from.parent = place;
      from.name = name;
      const stat = statOf(place, name);
      if (stat) known.set(name, { node, inode: stat.ino });
    } else attempt(disk, () => write(node, bytesOf(place, name)));
  }

  const map: Omit<Map<string, FileNode>, typeof Symbol.toStringTag> = {
    get size() {
      return names().length;
    },
    get,
    has: (name) => statOf(place, name) !== undefined,
    set(name, node) {
      set(name, node);
      return map as Map<string, FileNode>;
    },
    delete(name) {
      known.delete(name);
      return attempt(disk, () => rmSync(bytesOf(place, name) as never, { recursive: true })) !== undefined;
    },
    clear() {
      for (const name of names()) map.delete(name);
    },
    keys: () => names()[Symbol.iterator]() as MapIterator<string>,
    values: () =>
      entries()
        .map(([, node]) => node)
        [Symbol.iterator]() as MapIterator<FileNode>,
    entries: () => entries()[Symbol.iterator]() as MapIterator<[string, FileNode]>,
    [Symbol.iterator]: () => entries()[Symbol.iterator]() as MapIterator<[string, FileNode]>,
    forEach(body) {
      for (const [name, node] of entries()) body(node, name, map as Map<string, FileNode>);
    },
  };
  return map as Map<string, FileNode>;
}

/** Puts a node that is elsewhere, and all in it, on the disk. */
function write(node: FileNode, path: Buffer): void {
  if (node.kind === "link") symlinkSync(`${linkMark}${encodeURIComponent(node.target)}`, path);
  if (node.kind === "file") {
    writeFileSync(path, node.bytes, { encoding: "latin1", mode: node.mode | 0o600 });
    chmodSync(path, node.mode | 0o600);
  }
  if (node.kind !== "folder") return;
  mkdirSync(path, { mode: node.mode | 0o700 });
  chmodSync(path, node.mode | 0o700);
  for (const [name, each] of node.entries) write(each, Buffer.concat([path, Buffer.from(`/${name}`, "latin1")]));
}

/** What the machine refuses is told to who asked for it, as the container's own system would. */
function attempt<T>(disk: Disk, body: () => T): { readonly value: T } | undefined {
  try {
    return { value: body() };
  } catch (error) {
    const { code = "EIO" } = error as NodeJS.ErrnoException;
    // What another node has removed meanwhile is gone, and no failure.
    if (code !== "ENOENT") disk.failure = { error: code === "ENOSPC" || code === "EDQUOT" ? "ENOSPC" : "EIO" };
    return undefined;
  }
}
