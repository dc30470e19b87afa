import type { VolumeOrder } from "../../computer/messages.ts";
import { present } from "../../kit/present.ts";
import { baseTree } from "./unix/files/base_tree.ts";
import { hasFailed } from "./unix/files/errno.ts";
import { type FileNode, type Folder, type Medium, newMedium } from "./unix/files/file_node.ts";
import { type FileTree, fileTree } from "./unix/files/file_tree.ts";
import type { MountTable } from "./unix/files/mount_table.ts";

/** What a disk is set up with. */
export interface DiskOptions extends Pick<Medium, "bytesMax" | "nodesMax"> {
  readonly nowMs: () => number;
  /** What is seen below `/sys/fs/cgroup`. Default: nothing. */
  readonly groups?: Folder;
  /** What it has in `/usr/bin`. Default: nothing. */
  readonly programs?: Folder;
  /** What is mounted on it. Default: nothing yet. */
  readonly mounts?: MountTable;
}

/** A computer's own disk, which begins with the files of a small Linux. */
export function hostDisk({ nowMs, groups, mounts, programs, ...sizes }: DiskOptions): FileTree {
  const medium = newMedium(sizes);
  const root = storedOn(
    medium,
    baseTree({ base: "debian", programs: [], own: [], files: { ...files, ...empty }, devices }),
  ) as Folder;
  // They are the same everywhere, and none is copied before somebody changes it.
  const usr = root.entries.get("usr");
  if (programs && usr?.kind === "folder") usr.entries.set("bin", programs);
  const disk = fileTree(root, { nowMs, ...sizes, isHost: true, ...present({ hostMounts: mounts }) });
  if (groups) disk.mount("/sys/fs/cgroup", { node: groups, isReadOnly: true, type: "cgroup2" });
  return disk;
}

/** A copy of a node, and of all in it, that may be changed in place. */
function storedOn(owner: Medium, node: FileNode): FileNode {
  owner.nodes++;
  if (node.kind === "file") owner.usedBytes += node.bytes.length;
  if (node.kind !== "folder") return { ...node, owner };
  const entries = [...node.entries].map(([name, each]) => [name, storedOn(owner, each)] as const);
  return { ...node, owner, entries: new Map(entries) };
}

const files: Readonly<Record<string, string>> = {
  "/etc/hosts": "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n",
  "/etc/resolv.conf": "",
  "/etc/kubernetes/manifests/": "",
  "/etc/localtime": "-> /usr/share/zoneinfo/Etc/UTC",
  "/etc/machine-id": "",
  "/usr/share/zoneinfo/Etc/UTC": "",
  "/var/log/pods/": "",
  "/var/log/containers/": "",
};

/** Folders that a node has, and that agents of nodes mount as they are there; what is in them on a real one is not. */
const folders =
  "/boot /etc/cni/net.d /etc/ssl/certs /lib/modules /opt/cni/bin /proc/sys/net /run/containerd /run/lock /run/systemd /run/udev " +
  "/sys/fs/bpf /sys/fs/cgroup /sys/kernel /usr/share/ca-certificates /usr/src /var/lib/cni /var/lib/containerd " +
  "/var/lib/kubelet/device-plugins /var/lib/kubelet/pki /var/lib/kubelet/plugins /var/lib/kubelet/plugins_registry /var/lib/kubelet/pods";
const empty = Object.fromEntries(folders.split(" ").map((path) => [`${path}/`, ""]));
/** Devices beside those of every system: there, and nothing comes of them. */
const devices = ["/dev/fuse", "/dev/kmsg", "/dev/net/tun"];

type HostOrder = Extract<VolumeOrder, { readonly kind: "host" }>;

/** What a path has to be for a type, and how the type's own words call it. */
const wanted: Readonly<Record<string, readonly [kind: FileNode["kind"] | "none", words: string]>> = {
  Directory: ["folder", "a directory"],
  DirectoryOrCreate: ["folder", "a directory"],
  File: ["file", "a file"],
  FileOrCreate: ["file", "a file"],
  CharDevice: ["special", "a character device"],
  // A played computer has neither.
  BlockDevice: ["none", "a block device"],
  Socket: ["none", "a socket file"],
};

/** Looks whether the disk has what a pod says is there, and makes what may be made; a text: what is wrong. */
export function hostProblem(disk: FileTree, { path, type }: HostOrder): string | undefined {
  const found = disk.find(path);
  const isThere = !hasFailed(found);
  const [kind, words] = wanted[type] ?? [];
  if (kind !== undefined && (isThere ? found.kind !== kind : !type.endsWith("OrCreate")))
    return `hostPath type check failed: ${path} is not ${words}`;
  if (isThere) return undefined;
  if (type === "FileOrCreate") {
    const made = disk.fileToWrite(path, true);
    return hasFailed(made) ? `open ${path}: no such file or directory` : undefined;
  }
  disk.makeFolders(path);
  return undefined;
}
