import { ownValue } from "../../api/types.ts";
import { present } from "../../kit/present.ts";
import type { ContainerConfig } from "../messages.ts";
import type { ImageInside, WithInside } from "./image_inside.ts";
import { commandOf } from "./image_system.ts";
import { hasFailed } from "./unix/files/errno.ts";
import type { FileNode, Folder } from "./unix/files/file_node.ts";
import { fileTree } from "./unix/files/file_tree.ts";
import { resolvePath } from "./unix/files/paths.ts";
import { imageTree } from "./unix/image_tree.ts";
import { programs } from "./unix/program_table.ts";

/** What of an image's configuration is used, as the OCI has it under `config`. */
export interface LayeredConfig {
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly StopSignal?: string;
}

/** How a program of a machine begins. */
const binary = "\x7fELF";
const pathDefault = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const sizes = { nowMs: () => 0, bytesMax: 0, nodesMax: 0 };
const signals: Readonly<Record<string, ImageInside["stopSignal"]>> = {
  ...{ SIGTERM: "TERM", "15": "TERM", SIGQUIT: "QUIT", "3": "QUIT", SIGINT: "INT", "2": "INT" },
  ...{ SIGWINCH: "WINCH", "28": "WINCH" },
};

/**
 * What is inside of an image that was pulled with its files: its programs are those that can be played, under the names
 * that they have there; where there is no shell, a small system is put below the files.
 */
export function layeredInside(root: Folder, config: LayeredConfig): ImageInside {
  const hasShell = !hasFailed(fileTree(root, sizes).find("/bin/sh"));
  const whole = hasShell ? withPrograms(root) : over(imageTree({ base: "busybox" }), withPrograms(root));
  const env = Object.fromEntries((config.Env ?? []).map((each) => each.split(/=([\s\S]*)/, 2) as [string, string]));
  const isDebian = !hasFailed(fileTree(whole, sizes).find("/etc/debian_version"));
  return {
    system: { base: isDebian ? "debian" : "busybox", root: whole, env },
    ...{ entrypoint: config.Entrypoint ?? [], arguments: config.Cmd ?? [], isKnown: true },
    folder: config.WorkingDir || "/",
    ...userOf(whole, config.User ?? ""),
    stopSignal: ownValue(signals, config.StopSignal ?? "") ?? "TERM",
  };
}

/** As runtimes read it: `name`, `1000`, `name:group`, `1000:1000`; who is by a number alone is of the group that `/etc/passwd` says. */
function userOf(root: Folder, said: string): Pick<ImageInside, "user" | "group"> {
  if (said === "") return {};
  const [name = "", groupName] = said.split(":", 2);
  const [, , uid = name, gid] = rowOf(root, "/etc/passwd", name) ?? [];
  const group = groupName === undefined ? gid : (rowOf(root, "/etc/group", groupName)?.[2] ?? groupName);
  return present({ user: numberOf(uid) ?? 0, group: numberOf(group ?? "0") ?? 0 });
}

function numberOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function rowOf(root: Folder, path: string, wanted: string): readonly string[] | undefined {
  const node = fileTree(root, sizes).find(path);
  const rows = !hasFailed(node) && node.kind === "file" ? node.bytes.split("\n") : [];
  return rows.map((row) => row.split(":")).find(([name, , id]) => name === wanted || id === wanted);
}

/** A copy in which binaries of machines are the programs that are played by their names, as far as there are such. */
function withPrograms(root: Folder): Folder {
  const tree = fileTree(root, sizes);
  const isBinary = (node: FileNode) =>
    node.kind === "file" && node.bytes.startsWith(binary) && (node.mode & 0o111) !== 0;
  function played(node: FileNode, name: string, path: string): FileNode {
    if (node.kind === "folder") return folderWith(node, path);
    if (!programs.has(name)) return node;
    const target = node.kind === "link" ? tree.find(path) : node;
    if (hasFailed(target) || !isBinary(target)) return node;
    // A link to a binary that has another name and is played under that leads there.
    if (node.kind === "link" && programs.has(node.target.slice(node.target.lastIndexOf("/") + 1))) return node;
    return { ...target, bytes: "", program: name } as FileNode;
  }
  function folderWith(folder: Folder, path: string): Folder {
    const entries = [...folder.entries].map(([name, node]) => [name, played(node, name, `${path}/${name}`)] as const);
    return { ...folder, entries: new Map(entries) };
  }
  return folderWith(root, "");
}

/** The files of one folder over those of another. */
function over(lower: Folder, upper: Folder): Folder {
  const entries = new Map(lower.entries);
  for (const [name, node] of upper.entries) {
    const below = lower.entries.get(name);
    entries.set(name, node.kind === "folder" && below?.kind === "folder" ? over(below, node) : node);
  }
  return { ...upper, entries };
}

/** Why no process can be started with a container's command: in its image there is no such program, or a real one. */
export function startProblem(config: WithInside<ContainerConfig>): string | undefined {
  const { inside, mounts = [], env, workingDir } = config;
  const root = inside?.system?.root;
  const [name] = commandOf(config) ?? [];
  if (!root) return undefined;
  if (name === undefined) return "no command specified";
  const path = env.PATH ?? inside.system?.env?.PATH ?? pathDefault;
  const folders = name.includes("/") ? [""] : path.split(":").map((each) => `${each}/`);
  const places = folders.map((each) => resolvePath(workingDir || inside.folder || "/", each + name));
  // What a volume has is looked for when it is there.
  if (places.some((place) => mounts.some(({ containerPath }) => place.startsWith(`${containerPath}/`))))
    return undefined;
  const tree = fileTree(root, sizes);
  const nodes = places.flatMap((place) => {
    const found = tree.find(place);
    return hasFailed(found) ? [] : [found];
  });
  const [node] = nodes.filter(({ kind, mode }) => kind === "file" && (mode & 0o111) !== 0);
  const said = `exec: ${JSON.stringify(name)}`;
  if (!node && nodes.length > 0) return `${said}: permission denied`;
  if (!node)
    return `${said}: ${name.includes("/") ? `stat ${name}: no such file or directory` : "executable file not found in $PATH"}`;
  if (node.kind !== "file" || !node.bytes.startsWith(binary)) return undefined;
  return `${said}: it is a binary, which only a real runtime can run (RuntimeClass containerd)`;
}
