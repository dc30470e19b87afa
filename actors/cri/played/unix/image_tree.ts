import { baseTree } from "./files/base_tree.ts";
import type { Folder } from "./files/file_node.ts";
import { commonPrograms } from "./program_table.ts";
import type { SystemImage } from "./system_image.ts";

const trees = new WeakMap<SystemImage, Folder>();

/** The files that all containers of an image begin with. */
export function imageTree(image: SystemImage): Folder {
  const found = image.root ?? trees.get(image) ?? baseTree({ own: [], files: {}, ...image, programs: commonPrograms });
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
