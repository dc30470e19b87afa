import type { Address } from "../core/actor.ts";
import type { Random } from "../core/random.ts";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import { diskNeeds } from "./disk_paths.ts";
import type { DiskAnswer, DiskRequest } from "./messages.ts";

/** One file: what is safe, and what a crash would take. */
interface ModelFile {
  durable: string;
  /** Written, not yet synced. */
  pending: string;
  /** The last append never finished: the crash that follows keeps a part of it. */
  torn: boolean;
}

/** How long the model's disk takes; `sync` is paid where data must be durable. */
export interface DiskModelOptions {
  /** Default 0.02. */
  readonly accessMs?: number;
  /** Default 1. */
  readonly syncMs?: number;
  /** What an actor's disk holds before it ever ran, by path. Default: nothing. */
  readonly initial?: (address: Address) => Readonly<Record<string, string>>;
  /** Writes that make a disk longer than this answer ENOSPC, and leave nothing. Default: no limit. */
  readonly capacityMax?: number;
}

/** The disks of a simulated cluster: each actor has its own, and it outlives the actor's lives. */
export interface DiskModel extends DeviceDefinition {
  /** What a disk holds for sure, for checks. */
  durable(address: Address, path: string): string | undefined;
  /** Destroys all that an actor had. */
  wipe(address: Address): void;
  /** Puts a text in place of what a file holds; undefined removes it. */
  write(address: Address, path: string, text: string | undefined): void;
  /** Puts a file on a disk that takes all the room there is. */
  fill(address: Address): void;
  /** Changes one character in the first half of a file. */
  damage(address: Address, path: string): void;
}

/**
 * A disk that keeps its promises until a fault says otherwise: what was synced survives a crash, what was not may be
 * lost. Mishaps: `lostDisk` and `damagedDisk` never answer, and leave nothing, or something else; `lostFsync` answers a sync that did not happen; `tornWrite` never answers,
 * and the crash that comes with it keeps a part of the append.
 */
export function diskModel(options: DiskModelOptions = {}): DiskModel {
  const { accessMs = 0.02, syncMs = 1, initial, capacityMax = Number.POSITIVE_INFINITY } = options;
  const disks = new Map<Address, Map<string, ModelFile>>();

  function diskOf(address: Address): Map<string, ModelFile> {
    let disk = disks.get(address);
    if (!disk) {
      const files = Object.entries(initial?.(address) ?? {});
      disk = new Map(files.map(([path, durable]) => [path, { durable, pending: "", torn: false }]));
      disks.set(address, disk);
    }
    return disk;
  }

  function open(context: DeviceContext): Device {
    const disk = diskOf(context.address);
    // One arm: requests are served in order.
    let busyUntilMs = 0;
    return {
      request(any, done, mishap) {
        const request = any as DiskRequest;
        const isSynced =
          request.op === "replace" || request.op === "truncate" || (request.op === "append" && request.sync);
        const tookMs = accessMs + (isSynced ? syncMs * (0.5 + context.random.float()) : 0);
        busyUntilMs = Math.max(busyUntilMs, context.uptimeMs()) + tookMs;
        const isFull = exceeds(disk, request);
        // Unsynced data is in the file at once; whether it is durable is decided when the sync is done.
        if (request.op === "append" && !isFull) write(disk, request, mishap === "tornWrite");
        if (mishap === "lostDisk") disk.clear();
        if (mishap === "damagedDisk") damageSome(disk, context.random);
        if (mishap === "tornWrite" || mishap === "lostDisk" || mishap === "damagedDisk") return;
        context.after(busyUntilMs - context.uptimeMs(), () =>
          done(isFull ? full(request.path) : serve(disk, request, mishap)),
        );
      },
      close: (crashed) => crashed && losePending(disk, context.random),
    };
  }

  function write(disk: Map<string, ModelFile>, request: DiskRequest & { op: "append" }, torn: boolean) {
    const file = fileOf(disk, request.path);
    file.pending += request.data;
    file.torn = torn;
  }

  function serve(disk: Map<string, ModelFile>, request: DiskRequest, mishap: string | undefined): DiskAnswer {
    const file = disk.get(request.path);
    switch (request.op) {
      case "read":
        return file ? { ok: true, data: file.durable + file.pending } : { ok: true };
      case "append":
        return append(fileOf(disk, request.path), request, mishap);
      case "replace":
        if (mishap !== "lostFsync") disk.set(request.path, { durable: request.data, pending: "", torn: false });
        return { ok: true };
      case "truncate":
        if (file && mishap !== "lostFsync") {
          file.durable = (file.durable + file.pending).slice(0, request.size);
          file.pending = "";
        }
        return { ok: true };
      case "remove":
        disk.delete(request.path);
        return { ok: true };
      case "list":
        return { ok: true, names: [...disk.keys()].filter((name) => name.startsWith(request.path)).sort() };
    }
  }

  function append(file: ModelFile, request: DiskRequest & { op: "append" }, mishap: string | undefined): DiskAnswer {
    if (request.sync && mishap !== "lostFsync") {
      file.durable += file.pending;
      file.pending = "";
    }
    return { ok: true };
  }

  /** A replaced file and its successor are both there for a moment. */
  function exceeds(disk: Map<string, ModelFile>, request: DiskRequest): boolean {
    if (request.op !== "append" && request.op !== "replace") return false;
    return lengthOf(disk) + request.data.length > capacityMax;
  }

  return {
    name: "disk",
    needs: diskNeeds,
    open,
    durable: (address, path) => disks.get(address)?.get(path)?.durable,
    wipe: (address) => diskOf(address).clear(),
    write(address, path, text) {
      if (text === undefined) diskOf(address).delete(path);
      else diskOf(address).set(path, { durable: text, pending: "", torn: false });
    },
    fill(address) {
      const disk = diskOf(address);
      const durable = " ".repeat(Math.max(0, capacityMax - lengthOf(disk)));
      disk.set("filler", { durable, pending: "", torn: false });
    },
    damage(address, path) {
      const file = diskOf(address).get(path);
      if (file) damage(file, Math.floor(file.durable.length / 4));
    },
  };
}

function lengthOf(disk: Map<string, ModelFile>): number {
  let length = 0;
  for (const { durable, pending } of disk.values()) length += durable.length + pending.length;
  return length;
}

function fileOf(disk: Map<string, ModelFile>, path: string): ModelFile {
  let file = disk.get(path);
  if (!file) {
    file = { durable: "", pending: "", torn: false };
    disk.set(path, file);
  }
  return file;
}

function losePending(disk: Map<string, ModelFile>, random: Random) {
  for (const file of disk.values()) {
    // What was not synced may be there in part: never out of order, any prefix of it.
    const kept = file.pending.length === 0 ? 0 : random.int(file.pending.length + (file.torn ? 0 : 1));
    file.durable += file.pending.slice(0, kept);
    file.pending = "";
    file.torn = false;
  }
}

/** Something in the first half of a file: an end that is missing could as well be a torn append. */
function damageSome(disk: Map<string, ModelFile>, random: Random) {
  const files = [...disk.values()].filter(({ durable }) => durable.length > 1);
  const file = files[random.int(Math.max(1, files.length))];
  if (file) damage(file, random.int(Math.floor(file.durable.length / 2)));
}

function damage(file: ModelFile, at: number) {
  const { durable } = file;
  file.durable = `${durable.slice(0, at)}${durable[at] === "#" ? "%" : "#"}${durable.slice(at + 1)}`;
}

function full(path: string): DiskAnswer {
  return { ok: false, code: "ENOSPC", message: `Cannot write "${path}": no space left on device` };
}
