import { type Failure, failure, hasFailed } from "./errno.ts";
import {
  type FileNode,
  type Folder,
  type Medium,
  newFile,
  newFolder,
  newMedium,
  type RegularFile,
  setGroupBit,
} from "./file_node.ts";
import { type MountTable, type MountTables, mountedAt } from "./mount_table.ts";
import { folderName, resolvePath } from "./paths.ts";
import { type Place, seenIn, type TreeMounts, treeMounts, volumeOf } from "./tree_mounts.ts";

/** The file system of a container: a tree of its own over one that many share, of which it copies what it changes. */
export interface FileTree extends TreeMounts {
  /** The node under an absolute path; links on the way are followed, the last one unless `isLink`. */
  find(path: string, isLink?: boolean): FileNode | Failure;
  /** The file under a path as one that may be written; with `creates` there is one afterwards. */
  fileToWrite(path: string, creates: boolean): RegularFile | FileNode | Failure;
  /** Puts bytes in place of those behind an offset. */
  setBytes(file: RegularFile, bytes: string): Failure | undefined;
  makeFolder(path: string): Failure | undefined;
  /** Makes all folders of a path that are not there. */
  makeFolders(path: string): Failure | undefined;
  makeLink(path: string, target: string): Failure | undefined;
  /** Removes a file, a link, or a folder that is empty. */
  remove(path: string, kind: "folder" | "other"): Failure | undefined;
  /** Takes a node to another place; what was there is gone. */
  move(from: string, to: string): Failure | undefined;
  /** A node whose mode and time may be changed. */
  nodeToChange(path: string): FileNode | Failure;
  /** The node itself under a path, as it is stored: without what is mounted in it. */
  storedNode(path: string): FileNode | Failure;
  /** A path without links in it; the path itself where it leads nowhere. */
  realPath(path: string): string;
  /** The same files, seen from one of the folders: nothing leads out of it. */
  from(path: string): FileTree | Failure;
  /** From now on nothing of its own can be changed, but below these paths. */
  seal(except: readonly string[]): void;
  /** What is in its own nodes, and how many there are. */
  written(): { readonly writtenBytes: number; readonly writtenNodes: number };
}

/** What a tree is set up with. */
export interface FileTreeOptions {
  readonly nowMs: () => number;
  /** How much may be in its own nodes. */
  readonly bytesMax: number;
  readonly nodesMax: number;
  /** Whose is what is made. Default: root's. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What is mounted on the computer that it is on. Default: nothing. */
  readonly hostMounts?: MountTable;
  /** It is that computer's own. Default false. */
  readonly isHost?: boolean;
}

const linksMax = 40;
const nameLengthMax = 255;
const pathLengthMax = 4096;

/** From where a tree is seen. */
interface Viewpoint extends Pick<Place, "volume" | "medium" | "isReadOnly"> {
  readonly root: Folder;
  /** Its path for mount tables; empty: it is the whole tree's. */
  readonly base: string;
}

/** Makes a tree over a shared one; the shared one is never changed. */
export function fileTree(shared: Folder, options: FileTreeOptions): FileTree {
  const medium = shared.owner ?? newMedium(options);
  const host: MountTable = options.hostMounts ?? new Map();
  const tables: MountTables = { host, own: options.isHost ? host : new Map() };
  return treeFrom({ root: shared, base: "", volume: undefined, medium, isReadOnly: false }, { ...options, tables });
}

type TreeParts = Pick<FileTreeOptions, "nowMs" | "user"> & { readonly tables: MountTables };

function treeFrom(view: Viewpoint, parts: TreeParts): FileTree {
  const { nowMs, user, tables } = parts;
  const own = view.medium;
  let { root } = view;
  /** What may be changed of a tree that is sealed. */
  let open: readonly string[] | undefined = view.isReadOnly ? [] : undefined;

  /** The folder, or one of the medium's own in place of one that is shared. */
  function ownFolder(folder: Folder, owner = own): Folder {
    if (folder.owner) return folder;
    owner.nodes++;
    return { ...folder, owner, entries: new Map(folder.entries) };
  }

  /** Walks to the folder of a path's last name, through links; with `isOwn`, all folders on the way become the tree's own. */
  function walk(path: string, isOwn: boolean, links = { left: linksMax }): Place | Failure {
    if (path.length > pathLengthMax) return failure("ENAMETOOLONG");
    const names = path.split("/").filter((name) => name !== "");
    const last = names.pop() ?? "";
    if (isOwn) root = ownFolder(root);
    let folder = root;
    let at = "";
    let { medium, volume } = view;
    let isReadOnly = open !== undefined && !open.some((each) => path === each || path.startsWith(`${each}/`));
    for (const [index, name] of names.entries()) {
      if (name.length > nameLengthMax) return failure("ENAMETOOLONG");
      const here = `${view.base}${at}/${name}`;
      const mounted = mountedAt(tables, here, volume);
      let next = mounted?.node ?? folder.entries.get(name);
      if (!next) return failure("ENOENT");
      if (next.kind === "link") {
        if (links.left-- <= 0) return failure("ELOOP");
        const rest = [...names.slice(index + 1), last].join("/");
        return walk(`${resolvePath(at, next.target)}/${rest}`, isOwn, links);
      }
      if (next.kind !== "folder") return failure("ENOTDIR");
      if (mounted) {
        medium = next.owner ?? own;
        isReadOnly = medium.isReadOnly || mounted.isReadOnly;
        volume = volumeOf(mounted, here) ?? volume;
      } else if (isOwn && !next.owner) {
        next = ownFolder(next, folder.owner);
        folder.entries.set(name, next);
      }
      folder = next;
      at += `/${name}`;
    }
    if (last.length > nameLengthMax) return failure("ENAMETOOLONG");
    const lastAt = `${view.base}${at}/${last}`;
    const mounted = last === "" ? undefined : mountedAt(tables, lastAt, volume);
    const node = last === "" ? root : (mounted?.node ?? folder.entries.get(last));
    return { folder, name: last, node, mounted, at: last === "" ? view.base : lastAt, volume, medium, isReadOnly };
  }

  /** Where a path leads when the link at its end is followed, too. */
  function follow(path: string): string | Failure {
    let at = path;
    for (let left = linksMax; left > 0; left--) {
      const place = walk(at, false);
      if (hasFailed(place)) return place;
      const { node } = place;
      if (node?.kind !== "link") return at;
      at = resolvePath(folderName(at), node.target);
    }
    return failure("ELOOP");
  }

  /** Where a path leads in the end. */
  function placeOf(path: string): Place | Failure {
    const target = follow(path);
    return typeof target === "string" ? walk(target, false) : target;
  }

  function find(path: string, isLink = false): FileNode | Failure {
    const place = walk(path, false);
    if (hasFailed(place)) return place;
    const { node } = place;
    if (!node) return failure("ENOENT");
    if (node.kind !== "link" || isLink) return seenIn(tables, node, place);
    const target = follow(path);
    return typeof target === "string" ? find(target, true) : target;
  }

  /** What is new is its maker's; in a folder of a group it is the group's. */
  function giveTo(node: FileNode, folder: Folder): void {
    const isOfGroup = (folder.mode & setGroupBit) !== 0;
    const gid = isOfGroup ? folder.gid : user?.gid;
    if (user?.uid) node.uid = user.uid;
    if (gid) node.gid = gid;
    if (isOfGroup && node.kind === "folder") node.mode |= setGroupBit;
  }

  /** A new name in a folder. */
  function add(path: string, make: (medium: Medium) => FileNode): FileNode | Failure {
    const place = walk(path, true);
    if (hasFailed(place)) return place;
    const { medium } = place;
    if (place.name === "" || place.folder.entries.has(place.name)) return failure("EEXIST");
    if (place.isReadOnly) return failure("EROFS");
    if (medium.nodes >= medium.nodesMax) return failure("ENOSPC");
    medium.nodes++;
    const node = make(medium);
    giveTo(node, place.folder);
    place.folder.entries.set(place.name, node);
    place.folder.modifiedMs = nowMs();
    // A medium that is stored elsewhere has a node of its own for it.
    return medium.takeFailure?.() ?? place.folder.entries.get(place.name) ?? node;
  }

  /** The node under a path as one that may be changed. */
  function change(path: string): FileNode | Failure {
    const target = follow(path);
    if (typeof target !== "string") return target;
    const place = walk(target, true);
    if (hasFailed(place)) return place;
    const { node, mounted, folder } = place;
    if (place.name === "") return root;
    if (!node) return failure("ENOENT");
    if (node.owner?.isReadOnly || (mounted ?? place).isReadOnly) return failure("EROFS");
    if (node.owner || mounted) return node;
    const owner = folder.owner ?? own;
    const copy = node.kind === "folder" ? ownFolder(node, owner) : { ...node, owner };
    if (node.kind === "file") owner.usedBytes += node.bytes.length;
    if (node.kind !== "folder") owner.nodes++;
    place.folder.entries.set(place.name, copy);
    return copy;
  }

  function forget(node: FileNode): void {
    const { owner } = node;
    if (!owner) return;
    owner.nodes--;
    if (node.kind === "file") owner.usedBytes -= node.bytes.length;
    if (node.kind === "folder") for (const each of node.entries.values()) forget(each);
  }

  /** Takes a copy of a node, and of all in it, to another medium. */
  function copied(node: FileNode, medium: Medium): FileNode {
    medium.nodes++;
    if (node.kind === "file") medium.usedBytes += node.bytes.length;
    if (node.kind !== "folder") return { ...node, owner: medium };
    const entries = [...node.entries].map(([name, each]) => [name, copied(each, medium)] as const);
    return { ...node, owner: medium, entries: new Map(entries) };
  }

  function makeFolders(path: string): Failure | undefined {
    const names = path.split("/").filter((name) => name !== "");
    for (let depth = 1; depth <= names.length; depth++) {
      const made = asFailure(add(`/${names.slice(0, depth).join("/")}`, (medium) => newFolder(medium, nowMs())));
      if (made && made.error !== "EEXIST") return made;
    }
    return undefined;
  }

  /** Where something is mounted there is something; what is only read has no such place, and is seen to have it. */
  function makePlace(path: string, { kind }: FileNode): Failure | undefined {
    const failed = makeFolders(folderName(path));
    if (!failed) add(path, (owner) => (kind === "folder" ? newFolder(owner, nowMs()) : newFile(owner, nowMs())));
    return failed;
  }

  const asFailure = (outcome: object) => (hasFailed(outcome) ? outcome : undefined);

  return {
    find,
    fileToWrite(path, creates) {
      const node = change(path);
      if (!hasFailed(node)) return node.kind === "folder" ? failure("EISDIR") : node;
      if (node.error !== "ENOENT" || !creates) return node;
      const target = follow(path);
      return typeof target === "string" ? add(target, (medium) => newFile(medium, nowMs())) : target;
    },
    setBytes(file, bytes) {
      const grown = bytes.length - file.bytes.length;
      const medium = file.owner ?? own;
      if (grown > 0 && medium.usedBytes + grown > medium.bytesMax) return failure("ENOSPC");
      medium.usedBytes += grown;
      file.bytes = bytes;
      file.modifiedMs = nowMs();
      return medium.takeFailure?.();
    },
    makeFolder: (path) => asFailure(add(path, (medium) => newFolder(medium, nowMs()))),
    makeFolders,
    makeLink: (path, target) =>
      asFailure(add(path, (owner) => ({ kind: "link", owner, mode: 0o777, modifiedMs: nowMs(), target }))),
    remove(path, kind) {
      const place = walk(path, true);
      if (hasFailed(place)) return place;
      const { node } = place;
      if (place.name === "") return failure("EPERM");
      if (!node) return failure("ENOENT");
      if (place.mounted) return failure("EBUSY");
      if (place.isReadOnly) return failure("EROFS");
      if (kind === "other" && node.kind === "folder") return failure("EISDIR");
      if (kind === "folder" && node.kind !== "folder") return failure("ENOTDIR");
      if (node.kind === "folder" && node.entries.size > 0) return failure("ENOTEMPTY");
      place.folder.entries.delete(place.name);
      place.folder.modifiedMs = nowMs();
      forget(node);
      return undefined;
    },
    move(from, to) {
      if (to === from) return undefined;
      if (to.startsWith(`${from}/`)) return failure("EINVAL");
      const source = walk(from, true);
      if (hasFailed(source)) return source;
      const { node } = source;
      if (!node || source.name === "") return failure(node ? "EBUSY" : "ENOENT");
      const place = walk(to, true);
      if (hasFailed(place)) return place;
      if (source.mounted || place.mounted || place.name === "") return failure("EBUSY");
      if (source.isReadOnly || place.isReadOnly) return failure("EROFS");
      const before = place.folder.entries.get(place.name);
      if (before === node) return undefined;
      if (before?.kind === "folder") {
        if (node.kind !== "folder") return failure("EISDIR");
        if (before.entries.size > 0) return failure("ENOTEMPTY");
      } else if (before && node.kind === "folder") return failure("ENOTDIR");
      if (before) forget(before);
      const isSame = source.medium === place.medium;
      const moved = isSame ? node : copied(node, place.medium);
      if (!isSame) forget(node);
      place.folder.entries.set(place.name, moved);
      source.folder.entries.delete(source.name);
      return place.medium.takeFailure?.();
    },
    nodeToChange: change,
    seal(except) {
      open = except;
    },
    realPath(path) {
      const place = placeOf(path);
      return hasFailed(place) ? path : place.at.slice(view.base.length) || "/";
    },
    storedNode(path) {
      const changed = change(path);
      const place = hasFailed(changed) && changed.error === "EROFS" ? placeOf(path) : undefined;
      if (!place) return changed;
      return hasFailed(place) ? place : (place.node ?? failure("ENOENT"));
    },
    from(path) {
      const changed = change(path);
      const isReadOnly = hasFailed(changed);
      if (isReadOnly && changed.error !== "EROFS") return changed;
      const place = placeOf(path);
      if (hasFailed(place)) return place;
      const { node, at, mounted } = place;
      if (node?.kind !== "folder") return failure("ENOTDIR");
      const volume = (mounted && volumeOf(mounted, at)) ?? place.volume;
      return treeFrom({ root: node, base: at, medium: node.owner ?? own, isReadOnly, volume }, parts);
    },
    written: () => ({ writtenBytes: own.usedBytes, writtenNodes: own.nodes }),
    ...treeMounts({
      ...{ tables, base: view.base, walk, find, follow },
      makePlace,
      own,
      isSealed: () => open !== undefined,
    }),
  };
}
