import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type {
  MeasureAnswer,
  VolumeAnswer,
  VolumeFile,
  VolumeOrder,
  VolumeRequest,
  VolumeSize,
} from "../../computer/messages.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { failedCall, nothing } from "../cri_answers.ts";
import type { ContainerMount } from "../messages.ts";

/** The volumes of pods that are run for real: folders of this machine. */
export interface RealVolumes {
  has(folder: string): boolean;
  folders(): readonly string[];
  request(request: VolumeRequest): VolumeAnswer | MeasureAnswer;
  /** The path of this machine that a mount leads to, given to a group; or why there is none. */
  find(mount: ContainerMount, fsGroup: number | undefined): Result<string, string>;
}

/** Where they are put. */
export interface RealVolumesOptions {
  /** Below it, each pod has its folder. */
  readonly folder: string;
  /** Where the data of a claim are, which belong to no pod. */
  readonly claimFolder: (handle: string) => string;
}

interface Volume {
  readonly order: VolumeOrder;
  readonly path: string;
}

/** More is not counted: who has so many files is told of those. */
const countedMax = 100_000;
const setGroupBit = 0o2000;

/** No volumes yet. */
export function realVolumes({ folder: root, claimFolder }: RealVolumesOptions): RealVolumes {
  const byFolder = new Map<string, Map<string, Volume>>();

  function prepareOne(volumes: Map<string, Volume>, order: VolumeOrder): void {
    const known = volumes.get(order.path);
    const path = known?.path ?? placeOf(order);
    if (order.kind === "host") makeHostPath(order);
    else if (!known) mkdirSync(path, { recursive: true });
    if (order.kind === "files") putFiles(path, order.files);
    else if (order.kind !== "host" && !known) chmodSync(path, 0o777);
    volumes.set(order.path, { order, path });
  }

  function placeOf(order: VolumeOrder): string {
    if (order.kind === "host") return order.path;
    return order.kind === "disk" ? claimFolder(order.volume) : join(root, order.path);
  }

  function volumeAt(path: string): Volume | undefined {
    for (const volumes of byFolder.values()) {
      const found = volumes.get(path);
      if (found) return found;
    }
    return undefined;
  }

  return {
    has: (folder) => byFolder.has(folder),
    folders: () => [...byFolder.keys()],
    request(request) {
      const { folder } = request;
      if (request.op === "RemoveVolumes") {
        byFolder.delete(folder);
        rmSync(join(root, folder), { recursive: true, force: true });
        return nothing;
      }
      const volumes = byFolder.get(folder) ?? new Map<string, Volume>();
      if (request.op === "MeasureVolumes") {
        const own = [...volumes].filter(([, { order }]) => order.kind !== "host");
        return ok(Object.fromEntries(own.map(([path, volume]) => [path, sizeOf(volume.path)])));
      }
      byFolder.set(folder, volumes);
      for (const order of request.volumes) {
        try {
          prepareOne(volumes, order);
        } catch (error) {
          return failedCall("UNKNOWN", (error as Error).message);
        }
      }
      return nothing;
    },
    find({ hostPath, subPath, isReadOnly }, fsGroup) {
      const volume = volumeAt(hostPath);
      if (!volume) return failed(`stat ${hostPath}: no such file or directory`);
      try {
        const { path, order } = volume;
        if (fsGroup !== undefined && order.kind !== "host") giveToGroup(path, fsGroup);
        return subPath ? partOf(path, { subPath, mayMake: !isReadOnly && order.kind !== "files" }) : ok(path);
      } catch (error) {
        return failed((error as Error).message);
      }
    },
  };
}

/**
 * A part of a volume; links in it lead nowhere outside of it. It is looked for name by name, so that nothing is made where
 * a link leads that a container has put there.
 */
function partOf(
  root: string,
  { subPath, mayMake }: { readonly subPath: string; readonly mayMake: boolean },
): Result<string, string> {
  const inside = realpathSync(root);
  let real = inside;
  for (const name of subPath.split("/")) {
    const wanted = join(real, name);
    if (mayMake && !lstatSync(wanted, { throwIfNoEntry: false })) mkdirSync(wanted);
    real = realpathSync(wanted);
    if (real !== inside && !real.startsWith(`${inside}/`))
      return failed(`subpath "${subPath}" leads out of its volume`);
  }
  return ok(real);
}

/** Puts files where others are, in a folder of their own, to which one link is turned at once. */
function putFiles(root: string, files: readonly VolumeFile[]): void {
  const data = join(root, "..data");
  const before = lstatSync(data, { throwIfNoEntry: false }) ? readlinkSync(data) : undefined;
  const count = before === undefined ? 0 : Number(before.split(".").at(-1)) + 1;
  const name = `..${new Date().toISOString().slice(0, 19).replace(/[-T:]/g, "_")}.${String(count).padStart(9, "0")}`;
  for (const { path, data: bytes, mode, uid } of files) {
    const target = join(root, name, path);
    mkdirSync(dirname(target), { recursive: true });
    // Its mode counts from the first byte on: it may be a Secret's.
    writeFileSync(target, bytes, { encoding: "latin1", mode: mode & 0o600 });
    chmodSync(target, mode);
    if (uid !== undefined && process.getuid?.() === 0) chownSync(target, uid, 0);
  }
  mkdirSync(join(root, name), { recursive: true });
  symlinkSync(name, `${data}_tmp`);
  renameSync(`${data}_tmp`, data);
  if (before !== undefined) rmSync(join(root, before), { recursive: true, force: true });
  const wanted = new Set(readdirSync(data));
  for (const entry of readdirSync(root)) {
    if (!entry.startsWith("..") && !wanted.has(entry)) rmSync(join(root, entry), { force: true });
  }
  for (const entry of wanted) {
    if (!lstatSync(join(root, entry), { throwIfNoEntry: false })) symlinkSync(`..data/${entry}`, join(root, entry));
  }
}

/** Looks whether this machine has what a pod says is there, and makes what may be made. */
function makeHostPath({ path, type }: Extract<VolumeOrder, { readonly kind: "host" }>): void {
  const found = statSync(path, { throwIfNoEntry: false });
  const wrong = (what: string) => new Error(`hostPath type check failed: ${path} is not ${what}`);
  if (!found && type === "FileOrCreate") {
    writeFileSync(path, "", { flag: "a", mode: 0o644 });
    return;
  }
  if (!found && (type === "" || type === "DirectoryOrCreate")) {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    return;
  }
  if (type.startsWith("Directory") && !found?.isDirectory()) throw wrong("a directory");
  if (type.startsWith("File") && !found?.isFile()) throw wrong("a file");
  if (type === "Socket" && !found?.isSocket()) throw wrong("a socket file");
  if (type === "CharDevice" && !found?.isCharacterDevice()) throw wrong("a character device");
  if (type === "BlockDevice" && !found?.isBlockDevice()) throw wrong("a block device");
}

/** All that is in a folder belongs to a group, and what comes into it will. */
function giveToGroup(path: string, gid: number): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  lchownSync(path, stat.uid, gid);
  chmodSync(
    path,
    stat.isDirectory() ? stat.mode | setGroupBit | 0o070 : stat.mode | 0o040 | ((stat.mode & 0o200) >> 3),
  );
  if (stat.isDirectory()) for (const entry of readdirSync(path)) giveToGroup(join(path, entry), gid);
}

/** What is in a folder, and what there is of the disk that it is on. */
function sizeOf(path: string): VolumeSize {
  const waiting = [path];
  let usedBytes = 0;
  let usedNodes = 0;
  for (; waiting.length > 0 && usedNodes < countedMax; usedNodes++) {
    const next = waiting.pop() ?? "";
    const stat = lstatSync(next, { throwIfNoEntry: false });
    if (stat?.isDirectory()) waiting.push(...readdirSync(next).map((entry) => join(next, entry)));
    else usedBytes += stat?.size ?? 0;
  }
  const { bsize, blocks, bavail, files: capacityNodes, ffree: availableNodes } = statfsSync(path);
  return {
    ...{ usedBytes, capacityBytes: blocks * bsize, availableBytes: bavail * bsize },
    ...{ usedNodes, capacityNodes, availableNodes },
  };
}
