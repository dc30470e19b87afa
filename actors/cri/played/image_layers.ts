import { failed, ok, type Result } from "../../kit/result.ts";
import type { FileNode, Folder } from "./unix/files/file_node.ts";
import { newFile, newFolder } from "./unix/files/file_node.ts";
import { improved, type Member, readHeader } from "./unix/programs/_tar_format.ts";

/** A member of a layer, with its bytes, a character each. */
interface LayerMember {
  readonly member: Member;
  readonly bytes: string;
}

const blockBytes = 512;
const nodesMax = 100_000;
const linksMax = 40;
/** What a layer's archive says with names of files: what the layers before had under a name, or in a folder, is gone. */
const [gone, allGone] = [".wh.", ".wh..wh..opq"];

/**
 * The files that an image's layers come to, archives as tar has them, the lowest first; nobody changes them. Nothing leads
 * out of their root. Fails with what is wrong with them.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export function unpackLayers(layers: readonly string[]): Result<Folder, string> {
  const root = newFolder(undefined, 0);
  let nodes = 0;
  for (const [index, layer] of layers.entries()) {
    const members = membersOf(layer);
    if (!members) return failed(`layer ${index} is no archive as tar has them`);
    nodes += members.length;
    if (nodes > nodesMax) return failed(`it has more than ${nodesMax} files`);
    // What is said of lower layers is done before anything of this one is there.
    for (const { member } of members) takeAway(root, member.name);
    for (const each of members) put(root, each);
  }
  return ok(root);
}

function membersOf(archive: string): LayerMember[] | undefined {
  const found: LayerMember[] = [];
  const about = new Map<"name" | "target" | "pax", string>();
  for (let at = 0; at < archive.length; ) {
    const header = readHeader(archive.slice(at, at + blockBytes));
    at += blockBytes;
    if (header.type === "end") return found;
    if (header.type === "invalid") return undefined;
    const blocks = (sizeBytes: number) => Math.ceil(sizeBytes / blockBytes) * blockBytes;
    if (header.type === "about") {
      about.set(header.about, archive.slice(at, at + header.sizeBytes));
      at += blocks(header.sizeBytes);
      continue;
    }
    const member = improved(header.member, about);
    about.clear();
    const sizeBytes = member.kind === "file" ? member.sizeBytes : 0;
    if (at + sizeBytes > archive.length) return undefined;
    // A copy, so that the archive itself need not be kept for a few of its files.
    found.push({
      member,
      bytes: sizeBytes === 0 ? "" : Buffer.from(archive.slice(at, at + sizeBytes), "latin1").toString("latin1"),
    });
    at += blocks(member.sizeBytes);
  }
  return found;
}

function namesOf(path: string): readonly string[] | undefined {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  return names.includes("..") ? undefined : names;
}

function takeAway(root: Folder, path: string): void {
  const names = namesOf(path) ?? [];
  const last = names.at(-1) ?? "";
  if (!last.startsWith(gone)) return;
  const folder = folderAt(root, names.slice(0, -1), false);
  if (last === allGone) folder?.entries.clear();
  else folder?.entries.delete(last.slice(gone.length));
}

function put(root: Folder, { member, bytes }: LayerMember): void {
  const names = namesOf(member.name);
  const { kind, mode, modifiedMs, target, read } = member;
  const { typeflag = "", bits = mode, uid = 0, gid = 0 } = read ?? {};
  const owned = { mode: bits, ...(uid ? { uid } : {}), ...(gid ? { gid } : {}) };
  if (!names) return;
  const last = names.at(-1);
  if (last === undefined) return void Object.assign(root, { ...owned, modifiedMs });
  if (last.startsWith(gone)) return;
  const folder = folderAt(root, names.slice(0, -1), true);
  if (!folder) return;
  const before = folder.entries.get(last);
  let node: FileNode | undefined;
  if (kind === "folder")
    node = before?.kind === "folder" ? Object.assign(before, { modifiedMs }) : newFolder(undefined, modifiedMs);
  else if (kind === "link") node = { kind: "link", owner: undefined, mode: 0o777, modifiedMs, target };
  else if (kind === "file") node = newFile(undefined, modifiedMs, bytes);
  else if (typeflag === "1") node = nodeAt(root, target);
  else if (typeflag === "3") node = { kind: "special", owner: undefined, mode: 0o666, modifiedMs, device: "null" };
  if (!node) return;
  if (kind !== "link" && typeflag !== "1") Object.assign(node, owned);
  folder.entries.set(last, node);
}

function nodeAt(root: Folder, path: string): FileNode | undefined {
  const names = namesOf(path) ?? [];
  return folderAt(root, names.slice(0, -1), false)?.entries.get(names.at(-1) ?? "");
}

/** The folder of those names, through links, which is made where that is wanted. */
function folderAt(root: Folder, given: readonly string[], makes: boolean): Folder | undefined {
  let way: Folder[] = [root];
  const names = [...given];
  let links = 0;
  while (names.length > 0) {
    const name = names.shift() ?? "";
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (way.length > 1) way.pop();
      continue;
    }
    const folder = way.at(-1) ?? root;
    const found = folder.entries.get(name);
    if (found?.kind === "folder") way.push(found);
    else if (found?.kind === "link") {
      if (++links > linksMax) return undefined;
      if (found.target.startsWith("/")) way = [root];
      names.unshift(...found.target.split("/"));
    } else if (found || !makes) return undefined;
    else {
      const made = newFolder(undefined, 0);
      folder.entries.set(name, made);
      way.push(made);
    }
  }
  return way.at(-1);
}
