import { type BaseName, baseTree } from "./files/base_tree.ts";
import type { Folder } from "./files/file_node.ts";
import { commonPrograms } from "./program_table.ts";

/** An image's system: its files, and what of them are its own programs. */
export interface SystemImage {
  readonly base: BaseName;
  /** Its own programs, by path. Default: none. */
  readonly own?: readonly string[];
  /** Texts of its own files, by path; one that begins with `-> ` is a link. Default: none. */
  readonly files?: Readonly<Record<string, string>>;
  /** What its processes find in their environment. Default: nothing beside the usual. */
  readonly env?: Readonly<Record<string, string>>;
}

const trees = new WeakMap<SystemImage, Folder>();

/** The files that all containers of an image begin with. */
export function imageTree(image: SystemImage): Folder {
  const found = trees.get(image) ?? baseTree({ own: [], files: {}, ...image, programs: commonPrograms });
  trees.set(image, found);
  return found;
}

const disk: SystemImage = { base: "debian", own: ["/usr/bin/curl"] };

/** What a computer has in `/usr/bin`. */
export function diskPrograms(): Folder | undefined {
  const usr = imageTree(disk).entries.get("usr");
  const bin = usr?.kind === "folder" ? usr.entries.get("bin") : undefined;
  return bin?.kind === "folder" ? bin : undefined;
}
