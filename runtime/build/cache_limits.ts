import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** How much a cache may hold. */
export interface CacheLimits {
  readonly bytesMax: number;
  /** What was used so lately stays, whatever its size: a cluster that runs may start a worker from it. */
  readonly keptMs: number;
  readonly nowMs: number;
}

/** Entries and what belongs to them, and what a process that was killed left half written. */
const ours = /^\.?[0-9a-f]{16}(\.(json|mjs|mjs\.map))?(\.[\w-]+)?$/;

/** Removes what was used the longest ago until the rest fits; other things in the folder are not ours. */
export async function pruneCache(folder: string, { bytesMax, keptMs, nowMs }: CacheLimits): Promise<void> {
  const names = (await readdir(folder)).filter((name) => ours.test(name));
  const found = (await Promise.all(names.map((name) => lookAt(join(folder, name))))).flat();
  let bytes = found.reduce((sum, each) => sum + each.bytes, 0);
  for (const { path, usedMs, bytes: own } of found.sort((a, b) => a.usedMs - b.usedMs)) {
    if (bytes <= bytesMax || usedMs > nowMs - keptMs) return;
    await rm(path, { recursive: true, force: true });
    bytes -= own;
  }
}

/** Nothing when another process has removed it meanwhile. */
async function lookAt(path: string) {
  try {
    const about = await stat(path);
    const files = about.isDirectory() ? (await readdir(path)).map((name) => join(path, name)) : [];
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    return [{ path, usedMs: about.mtimeMs, bytes: sizes.reduce((sum, size) => sum + size, about.size) }];
  } catch {
    return [];
  }
}

const inUse = new Set<string>();
const touchEveryMs = 10 * 60_000;

/** Marks a file of the cache as used, now and for as long as this process lives, which keeps it. */
export async function markUsed(path: string): Promise<void> {
  if (inUse.size === 0) setInterval(touchAll, touchEveryMs).unref();
  inUse.add(path);
  await touch(path);
}

function touchAll() {
  for (const path of inUse) void touch(path);
}

async function touch(path: string) {
  const now = new Date();
  await utimes(path, now, now).catch(() => inUse.delete(path));
}
