import type { BaseName } from "./files/base_tree.ts";
import type { Folder } from "./files/file_node.ts";

/** An image's system: its files, and what of them are its own programs. */
export interface SystemImage {
  readonly base: BaseName;
  /** Its own programs, by path. Default: none. */
  readonly own?: readonly string[];
  /** Texts of its own files, by path; one that begins with `-> ` is a link. Default: none. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is in it, where that is known to the last file: nothing else is. Default: what its base and its own files say. */
  readonly root?: Folder;
  /** What its processes find in their environment. Default: nothing beside the usual. */
  readonly env?: Readonly<Record<string, string>>;
}
