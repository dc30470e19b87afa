import { createHash, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { version as esbuildVersion } from "esbuild";
import { markUsed, pruneCache } from "./cache_limits.ts";

/** The folder that paths in esbuild's metafiles are relative to. */
export const projectRoot = fileURLToPath(new URL("../../", import.meta.url));

/** Something made of sources. */
export interface Made<Value> {
  /** Absolute paths of all files that it was made of. */
  readonly sources: readonly string[];
  readonly value: Value;
}

/** How to make it, and whether what an earlier process made can still be used. */
export interface Maker<Value> {
  make(folder: string): Promise<Made<Value>>;
  isUsable?(value: Value, folder: string): boolean;
}

/** What was found or made, and the cache's folder. */
export interface Found<Value> {
  readonly value: Value;
  readonly folder: string;
  readonly isNew: boolean;
}

interface Entry<Value> extends Made<Value> {
  readonly sourcesHash: string;
}

/** Each change of the code makes some twenty megabytes anew. */
const bytesMax = 128 * 2 ** 20;
const keptMs = 3_600_000;

const inProgress = new Map<string, Promise<Found<unknown>>>();

/** Gives what was made of the same sources before, in this process or another; else makes it. */
export function fromSources<Value>(name: string, maker: Maker<Value>): Promise<Found<Value>> {
  const key = shortHash([esbuildVersion, projectRoot, name]);
  const found = inProgress.get(key) as Promise<Found<Value>> | undefined;
  if (found) return found;
  const made = findOrMake(key, maker);
  inProgress.set(key, made);
  // Sources may change while this process lives (in an editor's test runner): only what is under way is shared.
  const forget = () => inProgress.delete(key);
  made.then(forget, forget);
  return made;
}

async function findOrMake<Value>(key: string, { make, isUsable }: Maker<Value>): Promise<Found<Value>> {
  const folder = await cacheFolder();
  const path = join(folder, `${key}.json`);
  const entry = await readEntry<Value>(path);
  if (entry && isUsable?.(entry.value, folder) !== false && (await isFresh(entry))) {
    await markUsed(path);
    return { value: entry.value, folder, isNew: false };
  }
  const made = await make(folder);
  await pruneCache(folder, { bytesMax, keptMs, nowMs: Date.now() });
  await writeWhole(path, JSON.stringify({ ...made, sourcesHash: await hashOf(made.sources) } satisfies Entry<Value>));
  return { value: made.value, folder, isNew: true };
}

let folderFound: Promise<string> | undefined;

/** Beside the installed packages, ours among them or not; where that is read-only, a folder of the user's own. */
function cacheFolder(): Promise<string> {
  folderFound ??= findFolder();
  return folderFound;
}

/** Where a cache may be, the best place first, for a project that is installed or checked out there. */
export function cacheFolders(root: string): readonly [string, string] {
  const [, installed] = /^(.*[/\\]node_modules)[/\\]/.exec(root) ?? [];
  const user = process.getuid?.() ?? userInfo().username;
  return [
    join(installed ?? join(root, "node_modules"), ".cache", "kubetroupe"),
    join(tmpdir(), `kubetroupe-cache-${user}`),
  ];
}

async function findFolder(): Promise<string> {
  for (const folder of cacheFolders(projectRoot)) {
    try {
      await mkdir(folder, { recursive: true });
      await writeWhole(join(folder, ".writable"), "");
      return folder;
    } catch {
      // The next one is tried.
    }
  }
  throw new Error(
    `Cannot cache worker bundles: neither node_modules/.cache nor ${tmpdir()} can be written, make one writable`,
  );
}

async function readEntry<Value>(path: string): Promise<Entry<Value> | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Entry<Value>;
  } catch {
    return undefined;
  }
}

async function isFresh({ sources, sourcesHash }: Entry<unknown>): Promise<boolean> {
  try {
    return (await hashOf(sources)) === sourcesHash;
  } catch {
    return false;
  }
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const content of await Promise.all(paths.map((path) => readFile(path)))) hash.update(content).update("\0");
  return hash.digest("hex");
}

/** A short name for some texts. */
export function shortHash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}

/** Other processes, and other threads, may read or write the same cache: a file appears there whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  await writeFile(temporary, text);
  await rename(temporary, path);
}

/** The same for a folder of files; one that is there already has the same content. */
export async function writeFolder(path: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const temporary = await mkdtemp(join(dirname(path), `.${basename(path)}.`));
  await Promise.all([...files].map(([name, text]) => writeFile(join(temporary, name), text)));
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}
