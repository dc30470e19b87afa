import { type FileNode, type Folder, newFile, newFolder } from "./file_node.ts";
import { baseName, folderName } from "./paths.ts";

/** The systems that base images are made of. */
export type BaseName = "busybox" | "alpine" | "debian";

/** What of a system's files differs between images. */
export interface BaseTree {
  readonly base: BaseName;
  /** The programs that all images have. */
  readonly programs: readonly string[];
  /** Programs of an image's own, by path. */
  readonly own: readonly string[];
  /** Its own files, by path: texts, or `-> TARGET` for a link. */
  readonly files: Readonly<Record<string, string>>;
  /** Paths of devices of its own, which are as `/dev/null`. Default: none. */
  readonly devices?: readonly string[];
}

/** Programs that images without them do not get: there is no bash in busybox. */
const onlyIn: Readonly<Record<string, BaseName>> = {
  ...{ bash: "debian", dash: "debian", "apt-get": "debian", apt: "debian", findmnt: "debian" },
  ...{ apk: "alpine", httpd: "busybox" },
};
const folders =
  "/bin /dev /etc /home /lib /mnt /media /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib /usr/local /usr/local/bin /usr/sbin /usr/share /var /var/cache /var/lib /var/log /var/run /var/tmp";

/** Whom `/etc/passwd` and `/etc/group` name, where an image has none of its own. */
export const usualUsers = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n";
export const usualGroups = "root:x:0:\nnogroup:x:65534:\n";

const releases: Readonly<Record<BaseName, string>> = {
  busybox: 'NAME="BusyBox"\nID=busybox\n',
  alpine: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.0\nPRETTY_NAME="Alpine Linux v3.22"\n',
  debian: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
};

/** Where else a system says which it is. */
const versions: Partial<Record<BaseName, readonly [path: string, text: string]>> = {
  alpine: ["/etc/alpine-release", "3.22.0\n"],
  debian: ["/etc/debian_version", "12.12\n"],
};

/** Makes the file system that all containers of an image begin with. */
export function baseTree({ base, programs, own, files, devices = [] }: BaseTree): Folder {
  const root = newFolder(undefined, 0);
  for (const path of folders.split(" ")) addFolder(root, path);
  const bin = base === "debian" ? "/usr/bin" : "/bin";
  for (const program of programs) {
    if ((onlyIn[program] ?? base) === base) addProgram(root, `${bin}/${program}`, program);
  }
  for (const path of own) addProgram(root, path, baseName(path));
  if (base === "debian") root.entries.set("bin", link("/usr/bin"));
  for (const device of ["null", "zero", "full"] as const) add(root, `/dev/${device}`, special(device));
  for (const name of ["random", "urandom"]) add(root, `/dev/${name}`, special("random"));
  for (const name of ["fd", "stdin", "stdout", "stderr"]) {
    add(
      root,
      `/dev/${name}`,
      link(name === "fd" ? "/proc/self/fd" : `/proc/self/fd/${["stdin", "stdout", "stderr"].indexOf(name)}`),
    );
  }
  add(root, "/etc/passwd", newFile(undefined, 0, usualUsers));
  add(root, "/etc/group", newFile(undefined, 0, usualGroups));
  add(root, "/etc/os-release", newFile(undefined, 0, releases[base]));
  const [version, said] = versions[base] ?? [];
  if (version !== undefined && said !== undefined) add(root, version, newFile(undefined, 0, said));
  for (const [path, text] of Object.entries(files)) {
    addFolder(root, text === "" && path.endsWith("/") ? path.slice(0, -1) : folderName(path));
    if (text.startsWith("-> ")) add(root, path, link(text.slice(3)));
    else if (!path.endsWith("/")) add(root, path, newFile(undefined, 0, text));
  }
  for (const path of devices) {
    addFolder(root, folderName(path));
    add(root, path, special("null"));
  }
  for (const path of ["/tmp", "/var/tmp"]) {
    const folder = find(root, path);
    if (folder) folder.mode = 0o1777;
  }
  return root;
}

function special(device: "null" | "zero" | "full" | "random"): FileNode {
  return { kind: "special", owner: undefined, mode: 0o666, modifiedMs: 0, device };
}

function link(target: string): FileNode {
  return { kind: "link", owner: undefined, mode: 0o777, modifiedMs: 0, target };
}

function addProgram(root: Folder, path: string, program: string): void {
  addFolder(root, folderName(path));
  add(root, path, { kind: "file", owner: undefined, mode: 0o755, modifiedMs: 0, bytes: "", program });
}

function add(root: Folder, path: string, node: FileNode): void {
  const folder = find(root, folderName(path));
  if (folder?.kind === "folder") folder.entries.set(baseName(path), node);
}

function addFolder(root: Folder, path: string): void {
  let folder = root;
  for (const name of path.split("/").filter((each) => each !== "")) {
    const next = folder.entries.get(name) ?? newFolder(undefined, 0);
    folder.entries.set(name, next);
    if (next.kind !== "folder") return;
    folder = next;
  }
}

function find(root: Folder, path: string): FileNode | undefined {
  let node: FileNode | undefined = root;
  for (const name of path.split("/").filter((each) => each !== ""))
    node = node?.kind === "folder" ? node.entries.get(name) : undefined;
  return node;
}
