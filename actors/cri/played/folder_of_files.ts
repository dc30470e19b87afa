import { type Folder, newFile, newFolder } from "./unix/files/file_node.ts";

/** A folder that nobody changes, with these files by their paths; contents are bytes, a character each. */
export function folderOfFiles(files: Readonly<Record<string, string>>): Folder {
  const root = newFolder(undefined, 0);
  for (const [path, bytes] of Object.entries(files)) {
    const names = path.split("/");
    const last = names.pop() ?? "";
    let folder = root;
    for (const name of names) {
      const found = folder.entries.get(name);
      const next = found?.kind === "folder" ? found : newFolder(undefined, 0);
      folder.entries.set(name, next);
      folder = next;
    }
    folder.entries.set(last, newFile(undefined, 0, bytes));
  }
  return root;
}
