import { mountedNode } from "../played/mounted.ts";
import { type ErrorName, hasFailed } from "../played/unix/files/errno.ts";
import { newFolder } from "../played/unix/files/file_node.ts";
import { type FileTree, fileTree } from "../played/unix/files/file_tree.ts";
import { folderName, resolvePath } from "../played/unix/files/paths.ts";
import type { Container, RuntimeNode } from "../runtime_node.ts";
import type { ModuleInput, ModuleOutput } from "./module_runner.ts";
import { arrayOf, bytesOf } from "./sockets/bytes.ts";

type Asked = Extract<ModuleOutput, { readonly type: `file.${string}` }>;

/** The files of a module's container: what its pod mounts, and a file system of its own that ends with it. */
export interface ModuleFiles {
  /** What is in a file as bytes, a character each; `undefined` when there is none. */
  read(path: string): string | undefined;
  /** Does what the module asks for, and gives the answer. */
  answer(asked: Asked): ModuleInput;
  /** What is in its own files, and how many these are. */
  written(): ReturnType<FileTree["written"]>;
}

const bytesMax = 16 * 1024 * 1024;
const nodesMax = 20_000;

/** The files of a container; they are made when somebody first looks. */
export function moduleFiles(node: RuntimeNode, { config }: Container): ModuleFiles {
  let made: FileTree | undefined;

  function tree(): FileTree {
    if (made) return made;
    const nowMs = () => node.host.wallMs();
    made = fileTree(newFolder(undefined, nowMs()), { nowMs, bytesMax, nodesMax });
    for (const path of ["/tmp", "/etc"]) made.makeFolders(path);
    for (const mount of config.mounts ?? []) {
      const found = mountedNode(node, mount);
      if (found) made.mount(mount.containerPath, { node: found, isReadOnly: mount.isReadOnly });
    }
    return made;
  }

  function act(asked: Asked): Outcome {
    const path = resolvePath(config.workingDir || "/", asked.path);
    if (asked.type === "file.read" || asked.type === "file.list") {
      const found = tree().find(path);
      if (hasFailed(found)) return found;
      if (asked.type === "file.list")
        return found.kind === "folder" ? { names: [...found.entries.keys()].sort() } : { error: "ENOTDIR" };
      return found.kind === "file" ? { data: found.bytes } : { error: "EISDIR" };
    }
    if (asked.type !== "file.write") return tree().remove(path, "other") ?? {};
    const folders = tree().makeFolders(folderName(path));
    if (folders) return folders;
    const file = tree().fileToWrite(path, true);
    if (hasFailed(file)) return file;
    if (file.kind !== "file") return { error: "EISDIR" };
    return tree().setBytes(file, bytesOf(asked.data)) ?? {};
  }

  return {
    written: () => made?.written() ?? { writtenBytes: 0, writtenNodes: 0 },
    read(path) {
      const found = tree().find(path);
      return !hasFailed(found) && found.kind === "file" ? found.bytes : undefined;
    },
    answer(asked) {
      const { id, path } = asked;
      const outcome = act(asked);
      if (outcome.error !== undefined) return { type: "file.failed", id, code: outcome.error, path };
      const { data, names } = outcome;
      return {
        ...{ type: "file.done", id },
        ...(data === undefined ? {} : { data: arrayOf(data) }),
        ...(names ? { names } : {}),
      };
    },
  };
}

interface Outcome {
  readonly error?: ErrorName;
  readonly data?: string;
  readonly names?: readonly string[];
}
