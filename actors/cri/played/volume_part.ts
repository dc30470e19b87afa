import { failed, ok, type Result } from "../../kit/result.ts";
import type { PartProblem } from "../cri_answers.ts";
import { type FileNode, type Folder, newFolder, setGroupBit } from "./unix/files/file_node.ts";

/** Where a part is looked for. */
export interface PartPlace {
  readonly nowMs: number;
  /** Where the volume is on its computer, for links that name that. Default: no link can. */
  readonly at?: string;
}

const stickyBit = 0o1000;
/** What a kernel follows before it takes links for a circle. */
const linksMax = 40;

/**
 * What a volume has under a path, name by name: a folder is made where there is nothing. Links lead nowhere outside of
 * the volume, whoever has put them there, and nothing is made where one leads.
 */
export function partOf(root: Folder, path: string, { nowMs, at }: PartPlace): Result<FileNode, PartProblem> {
  const names = path.split("/");
  let way: Folder[] = [root];
  let links = 0;
  /** How many of the names that are left a link has put there. */
  let linked = 0;
  while (names.length > 0) {
    const name = names.shift() ?? "";
    const isLinked = linked > 0;
    linked = Math.max(0, linked - 1);
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (way.length === 1) return failed("prepare");
      way.pop();
      continue;
    }
    const folder = way.at(-1) ?? root;
    const found = folder.entries.get(name);
    if (!found && (isLinked || linked > 0)) return failed("create");
    const next = found ?? makeFolder(folder, name, { nowMs, isLast: names.every((each) => each === "") });
    if (next.kind === "folder") way.push(next);
    else if (next.kind === "link") {
      const target = inside(next.target, at);
      if (target === undefined || ++links > linksMax) return failed("prepare");
      if (target.isWhole) way = [root];
      names.unshift(...target.names);
      linked += target.names.length;
    } else return names.every((each) => each === "") ? ok(next) : failed("prepare");
  }
  return ok(way.at(-1) ?? root);
}

/** In what is only read nobody sees a folder that is made: it is there for who mounts it. */
function makeFolder(
  folder: Folder,
  name: string,
  { nowMs, isLast }: { readonly nowMs: number; readonly isLast: boolean },
): Folder {
  const { owner, mode, gid } = folder;
  // As a kubelet makes it: who may do something in the volume may in it.
  const made = newFolder(owner, nowMs, isLast ? mode : mode & ~stickyBit);
  if (mode & setGroupBit && gid !== undefined) made.gid = gid;
  if (owner?.isReadOnly) return made;
  if (owner) owner.nodes++;
  folder.entries.set(name, made);
  folder.modifiedMs = nowMs;
  return made;
}

function inside(target: string, at: string | undefined) {
  if (!target.startsWith("/")) return { isWhole: false, names: target.split("/") };
  if (at === undefined || (target !== at && !target.startsWith(`${at}/`))) return undefined;
  return { isWhole: true, names: target.slice(at.length).split("/") };
}
