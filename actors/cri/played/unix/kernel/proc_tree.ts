import { ownValue } from "../../../../api/types.ts";
import type { ResourceLimits } from "../../../resource_limits.ts";
import { failure, hasFailed } from "../files/errno.ts";
import { type FileNode, newFolder, newMedium } from "../files/file_node.ts";
import type { FileTree } from "../files/file_tree.ts";
import { resolvePath } from "../files/paths.ts";
import type { MountedTree } from "../files/tree_mounts.ts";
import { type GroupFile, groupFiles } from "./group_files.ts";
import type { Kernel } from "./kernel.ts";
import { usualPrivileges } from "./privileges.ts";
import type { SeenProcess } from "./process_space.ts";
import { memoryBytes, memoryUsedBytes, processors } from "./system_figures.ts";

/** What the files that a kernel makes up are made from. */
export interface ProcSources {
  readonly kernel: () => Kernel;
  /** What the container gets at most, at this moment. */
  readonly limits: () => ResourceLimits;
  /** Which of the node's users its root is; undefined: its users are the node's. */
  readonly usersFrom: number | undefined;
  /** It has control groups of its own. Default: the container's is made up. */
  readonly hasGroups?: boolean;
}

type Texts = Readonly<Record<string, (sources: ProcSources, tree: FileTree) => string>>;

const medium = newMedium({ bytesMax: 0, nodesMax: 0, isReadOnly: true });
const kilobytes = (bytes: number) => `${String(Math.floor(bytes / 1024)).padStart(8)} kB`;

/** What is mounted that nobody stores. */
const ofKernel: readonly MountedTree[] = [
  { source: "proc", path: "/proc", type: "proc", usedBytes: 0, bytesMax: 0, isReadOnly: false },
  { source: "cgroup", path: "/sys/fs/cgroup", type: "cgroup2", usedBytes: 0, bytesMax: 0, isReadOnly: true },
];
/** Files of the whole system. Source: proc_pid_status(5), proc_meminfo(5), ... */
const ofSystem: Texts = {
  meminfo: () =>
    [
      `MemTotal:       ${kilobytes(memoryBytes)}`,
      `MemFree:        ${kilobytes(memoryBytes - memoryUsedBytes)}`,
      `MemAvailable:   ${kilobytes(memoryBytes - memoryUsedBytes)}`,
      `SwapTotal:      ${kilobytes(0)}`,
      `SwapFree:       ${kilobytes(0)}`,
      "",
    ].join("\n"),
  cpuinfo: () => Array.from({ length: processors }, (_, at) => `processor\t: ${at}\nmodel name\t: played\n\n`).join(""),
  loadavg: ({ kernel }) =>
    `0.00 0.00 0.00 1/${[...kernel().visible()].length} ${[...kernel().visible()].at(-1)?.pid ?? 1}\n`,
  uptime({ kernel }) {
    const seconds = (kernel().host.uptimeMs() / 1_000).toFixed(2);
    return `${seconds} ${seconds}\n`;
  },
  version: () => "Linux version 6.1.0-kubetroupe #1 SMP played\n",
  mounts: (_sources, tree) =>
    tree
      .mounts()
      .map(
        ({ source, path, type, isReadOnly }) => `${source} ${path} ${type} ${isReadOnly ? "ro" : "rw"},relatime 0 0\n`,
      )
      .join(""),
};

/** The container's control group, as version 2 shows it at its root. */
const ofGroup: Texts = {
  ...Object.fromEntries(
    (Object.keys(groupFiles({})) as GroupFile[]).map((name) => [name, ({ limits }) => groupFiles(limits())[name]]),
  ),
  "cgroup.procs": ({ kernel }) => [...kernel().processes.keys()].map((pid) => `${pid}\n`).join(""),
  "cpu.stat": ({ kernel }) => `usage_usec ${Math.round(kernel().cpuMs() * 1_000)}\n`,
  "memory.current": ({ kernel }) => `${kernel().heldBytes()}\n`,
  "pids.current": ({ kernel }) => `${kernel().processes.size}\n`,
};

/** Files of one process. */
const ofProcess: Readonly<Record<string, (process: SeenProcess, sources: ProcSources) => string>> = {
  status: statusOf,
  cmdline: ({ argv }) => argv.map((word) => `${word}\0`).join(""),
  comm: (process) => `${nameOf(process)}\n`,
  environ: ({ pid }, { kernel }) =>
    [...(kernel().seen(pid)?.env ?? [])].map(([name, value]) => `${name}=${value}\0`).join(""),
  cgroup: () => "0::/\n",
  uid_map: usersOf,
  gid_map: usersOf,
  oom_score_adj: (_process, { limits }) => `${limits().oomScoreAdj ?? 0}\n`,
};

/** Source: user_namespaces(7). */
function usersOf(_process: SeenProcess, { usersFrom }: ProcSources): string {
  const numbers = usersFrom === undefined ? [0, 0, 4_294_967_295] : [0, usersFrom, 65_536];
  return `${numbers.map((each) => String(each).padStart(10)).join(" ")}\n`;
}

function nameOf({ argv }: SeenProcess): string {
  const [path = ""] = argv;
  return path.slice(path.lastIndexOf("/") + 1).slice(0, 15);
}

function statusOf(process: SeenProcess, { kernel }: ProcSources): string {
  const { pid, parent, user } = process;
  const { uid, gid, groups = [], privileges = usualPrivileges } = user;
  const { effective, bounding, mayGain, isFiltered } = privileges;
  const bits = (set: bigint) => set.toString(16).padStart(16, "0");
  const four = (id: number) => `${id}\t${id}\t${id}\t${id}`;
  const isAtWork = kernel().current?.pid === pid;
  return [
    ["Name", nameOf(process)],
    ["Umask", "0022"],
    ["State", isAtWork ? "R (running)" : "S (sleeping)"],
    ["Tgid", pid],
    ["Ngid", 0],
    ["Pid", pid],
    ["PPid", parent?.pid ?? 0],
    ["TracerPid", 0],
    ["Uid", four(uid)],
    ["Gid", four(gid)],
    ["FDSize", 64],
    ["Groups", `${[...new Set([gid, ...groups])].sort((a, b) => a - b).join(" ")} `],
    ["Threads", 1],
    ["CapInh", bits(0n)],
    ["CapPrm", bits(effective)],
    ["CapEff", bits(effective)],
    ["CapBnd", bits(bounding)],
    ["CapAmb", bits(0n)],
    ["NoNewPrivs", mayGain ? 0 : 1],
    ["Seccomp", isFiltered ? 2 : 0],
    ["Seccomp_filters", isFiltered ? 1 : 0],
  ]
    .map(([name, value]) => `${name}:\t${value}\n`)
    .join("");
}

/** Source: proc_pid_mountinfo(5). */
function mountInfo(mounts: readonly MountedTree[]): string {
  return mounts
    .map(({ source, path, type, isReadOnly, propagation = "None" }, at) => {
      const rights = isReadOnly ? "ro" : "rw";
      const number = 100 + at;
      const peers = { None: "", HostToContainer: ` master:${number}`, Bidirectional: ` shared:${number}` }[propagation];
      return `${number} ${at === 0 ? 1 : 100} 0:${number} / ${path} ${rights},relatime${peers} - ${type} ${source} ${rights}\n`;
    })
    .join("");
}

/** A tree in which `/proc` and `/sys/fs/cgroup` tell of the container's processes and limits; they are made up as they are read. */
export function procTree(tree: FileTree, sources: ProcSources): FileTree {
  const file = (bytes: string): FileNode => ({ kind: "file", owner: medium, mode: 0o444, modifiedMs: 0, bytes });
  const link = (target: string): FileNode => ({ kind: "link", owner: medium, mode: 0o777, modifiedMs: 0, target });

  function folder(entries: Iterable<readonly [string, FileNode]>): FileNode {
    return { ...newFolder(medium, 0, 0o555), entries: new Map(entries) };
  }

  function textsIn(texts: Texts): (readonly [string, FileNode])[] {
    return Object.entries(texts).map(([name, text]) => [name, file(text(sources, whole))]);
  }

  function processFolder(shown: SeenProcess): FileNode {
    const texts = Object.entries(ofProcess).map(([name, text]) => [name, file(text(shown, sources))] as const);
    return folder([...texts, ["root", link("/")], ["exe", link(shown.argv[0] ?? "")]]);
  }

  /** All of `/proc`: what is stored there, and what is not. */
  function allOf(): FileNode {
    const stored = tree.find("/proc");
    const seen = [...sources.kernel().visible()].map((each) => [String(each.pid), folder([])] as const);
    const kept = !hasFailed(stored) && stored.kind === "folder" ? [...stored.entries] : [];
    return folder([...kept, ...textsIn(ofSystem), ["self", link(String(sources.kernel().current?.pid ?? 1))], ...seen]);
  }

  function processAt(name: string): SeenProcess | undefined {
    const pid = name === "self" ? sources.kernel().current?.pid : Number(name);
    return [...sources.kernel().visible()].find((each) => each.pid === pid);
  }

  function find(path: string, isLink = false): ReturnType<FileTree["find"]> {
    const [, group] = /^\/sys\/fs\/cgroup(?:$|\/)(.*)$/.exec(path) ?? [];
    if (group !== undefined && !sources.hasGroups) {
      if (group === "") return folder(textsIn(ofGroup));
      const text = ownValue(ofGroup, group);
      return text ? file(text(sources, whole)) : failure("ENOENT");
    }
    if (path === "/proc") return allOf();
    const [, name = "", rest] = /^\/proc\/([^/]+)(?:\/(.*))?$/.exec(path) ?? [];
    const system = rest === undefined ? ownValue(ofSystem, name) : undefined;
    if (system) return file(system(sources, whole));
    if (!/^(self|\d+)$/.test(name)) return tree.find(path, isLink);
    const found = processAt(name);
    if (!found) return failure("ENOENT");
    if (rest === undefined && name === "self" && isLink) return link(String(found.pid));
    if (rest === undefined || rest === "") return processFolder(found);
    const [first = "", ...deeper] = rest.split("/");
    // What another of the pod's containers has under its root.
    if (first === "root" && !(isLink && deeper.length === 0)) {
      const other = sources.kernel().seen(found.pid)?.kernel.host.tree;
      return other ? other.find(resolvePath("/", deeper.join("/")), isLink) : failure("EACCES");
    }
    if (rest === "mounts") return file(ofSystem.mounts?.(sources, whole) ?? "");
    if (rest === "mountinfo") return file(mountInfo(whole.mounts()));
    if (rest === "root" || rest === "exe") return link(rest === "root" ? "/" : (found.argv[0] ?? ""));
    const text = ownValue(ofProcess, rest);
    return text ? file(text(found, sources)) : tree.find(path, isLink);
  }

  const ofKernelHere = sources.hasGroups ? ofKernel.slice(0, 1) : ofKernel;
  const whole: FileTree = {
    ...tree,
    ...{ find, mounts: () => [...tree.mounts(), ...ofKernelHere] },
    from(path) {
      const inner = tree.from(path);
      return hasFailed(inner) ? inner : procTree(inner, { ...sources, hasGroups: true });
    },
  };
  return whole;
}
