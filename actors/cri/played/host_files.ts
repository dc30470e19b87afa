import type { FileRequest, FilesAnswer, VolumeAnswer } from "../../computer/messages.ts";
import { ok } from "../../kit/result.ts";
import { failedCall, nothing } from "../cri_answers.ts";
import { errorTexts, hasFailed } from "./unix/files/errno.ts";
import type { FileTree } from "./unix/files/file_tree.ts";
import { folderName } from "./unix/files/paths.ts";

/** Does what those who run on a node itself want of its disk. */
export function hostFiles(disk: FileTree, request: FileRequest): VolumeAnswer | FilesAnswer {
  if (request.op === "ReadFiles") return ok(filesOf(disk, request.folder));
  const { path } = request;
  if (request.op === "RemoveFile") {
    const failure = disk.remove(path, "other");
    return failure && failure.error !== "ENOENT"
      ? failedCall("UNKNOWN", `remove ${path}: ${errorTexts[failure.error].toLowerCase()}`)
      : nothing;
  }
  disk.makeFolders(folderName(path));
  const file = disk.fileToWrite(path, true);
  const failure = hasFailed(file) ? file : file.kind === "file" ? disk.setBytes(file, request.data) : undefined;
  return failure ? failedCall("UNKNOWN", `write ${path}: ${errorTexts[failure.error].toLowerCase()}`) : nothing;
}

function filesOf(disk: FileTree, path: string): Readonly<Record<string, string>> {
  const folder = disk.find(path);
  if (hasFailed(folder) || folder.kind !== "folder") return {};
  const files = [...folder.entries].flatMap(([name, node]) =>
    node.kind === "file" ? [[name, node.bytes] as const] : [],
  );
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}
