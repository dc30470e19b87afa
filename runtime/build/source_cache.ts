import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { cachedDataVersionTag } from "node:v8";
import { version as esbuildVersion } from "esbuild";
import { markUsed, pruneCache } from "./cache_limits.ts";
import { type Made, shipped } from "./shipped.ts";
import { hashOf, haveHash, projectRoot, shortHash, stampsOf } from "./source_files.ts";

/** How something is made of sources: here, or when the package is made. */
export interface Recipe<Raw, Value> {
  /** Tells it from all others. Modules are named in it by URL. */
  readonly name: string;
  /** What is made names no place of this machine, so that the package can bring it. */
  make(): Promise<Made<Raw>>;
  /** Puts what was made into the cache's folder; what it gives is remembered. */
  place(raw: Raw, folder: string): Value | Promise<Value>;
  /** Whether what an earlier process placed can still be used. Default: it can. */
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
  /** As the sources had them when they had this hash: while they have them still, nobody need read them. */
  readonly stamps?: string | undefined;
}

/** Each change of the code makes some twenty megabytes anew. */
const bytesMax = 128 * 2 ** 20;
const keptMs = 3_600_000;

const inProgress = new Map<string, Promise<Found<unknown>>>();

/** Gives what was made of the same sources before, in this process, another or when the package was; else makes it. */
export function fromSources<Raw, Value>(recipe: Recipe<Raw, Value>): Promise<Found<Value>> {
  // V8 takes no notice of what another version of it compiled, or it itself with other flags.
  const compiler = `${cachedDataVersionTag()}`;
  const key = shortHash([esbuildVersion, process.versions.v8, process.arch, compiler, projectRoot, recipe.name]);
  const found = inProgress.get(key) as Promise<Found<Value>> | undefined;
  if (found) return found;
  const made = findOrMake(key, recipe);
  inProgress.set(key, made);
  // Sources may change while this process lives (in an editor's test runner): only what is under way is shared.
  const forget = () => inProgress.delete(key);
  made.then(forget, forget);
  return made;
}

async function findOrMake<Raw, Value>(key: string, recipe: Recipe<Raw, Value>): Promise<Found<Value>> {
  const folder = await cacheFolder();
  const path = join(folder, `${key}.json`);
  const nowMs = Date.now();
  const entry = await readEntry<Value>(path);
  if (entry && recipe.isUsable?.(entry.value, folder) !== false && (await isOfNow(entry, { path, nowMs }))) {
    await markUsed(path);
    return { value: entry.value, folder, isNew: false };
  }
  const found = await shipped.find<Raw>(recipe.name);
  const { sources, value: raw } = found ?? (await recipe.make());
  const value = await recipe.place(raw, folder);
  await pruneCache(folder, { bytesMax, keptMs, nowMs });
  const sourcesHash = found?.sourcesHash ?? (await hashOf(sources));
  const stamps = stampsOf(sources, nowMs);
  await writeWhole(path, JSON.stringify({ sources, value, sourcesHash, stamps } satisfies Entry<Value>));
  return { value, folder, isNew: true };
}

/** Whether the sources are what an entry was made of, by their stamps, or else by their content. */
async function isOfNow<Value>(
  entry: Entry<Value>,
  { path, nowMs }: { readonly path: string; readonly nowMs: number },
): Promise<boolean> {
  const stamps = stampsOf(entry.sources, nowMs);
  if (stamps !== undefined && stamps === entry.stamps) return true;
  if (!(await haveHash(entry.sources, entry.sourcesHash))) return false;
  if (stamps !== undefined) await writeWhole(path, JSON.stringify({ ...entry, stamps } satisfies Entry<Value>));
  return true;
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
