import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { version as esbuildVersion } from "esbuild";

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
  await prune(folder);
  await writeWhole(path, JSON.stringify({ ...made, sourcesHash: await hashOf(made.sources) } satisfies Entry<Value>));
  return { value: made.value, folder, isNew: true };
}

let folderFound: Promise<string> | undefined;

/** Beside the installed packages, where a checkout keeps such things; where that is read-only, the system's folder. */
function cacheFolder(): Promise<string> {
  folderFound ??= findFolder();
  return folderFound;
}

async function findFolder(): Promise<string> {
  for (const folder of [join(projectRoot, "node_modules/.cache/kubetroupe"), join(tmpdir(), "kubetroupe-cache")]) {
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

const keptMs = 30 * 24 * 3_600_000;

/** Marks a file of the cache as used, which keeps it. */
export async function markUsed(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}

/** Removes what nobody has used for a month; other things in the folder are not ours. */
async function prune(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{16}(\.(json|mjs|mjs\.map))?$/.test(name)) continue;
    const path = join(folder, name);
    const usedMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (usedMs < Date.now() - keptMs) await rm(path, { recursive: true, force: true });
  }
}

/** A short name for some texts. */
export function shortHash(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}

/** Other processes may read or write the same cache: a file appears there whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
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
