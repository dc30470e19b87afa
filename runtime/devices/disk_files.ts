import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

/** Files below one folder, by path with forward slashes; every method throws what the system says. */
export interface DiskFiles {
  /** Undefined when there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** Adds to the end, all or nothing; with `sync` it is durable when it resolves. */
  append(path: string, data: string, sync: boolean): Promise<void>;
  /** Atomically and durably. */
  replace(path: string, data: string): Promise<void>;
  /** Keeps the first `size` UTF-16 code units, durably. */
  truncate(path: string, size: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** The paths of all files that begin so, sorted. */
  list(prefix: string): Promise<string[]>;
  close(): Promise<void>;
}

/** A file that is being appended to. */
interface Tail {
  readonly handle: FileHandle;
  /** Its writes are durable when they end, which costs half of a write and a sync after it. Opened when first needed. */
  durable: FileHandle | undefined;
  /** Whether something was written that nobody has asked to be durable. */
  isLoose: boolean;
  size: number;
  /** A new file's name is not durable before its folder is synced. */
  isNew: boolean;
}

const temporarySuffix = ".writing";
/** Their owner's alone: a store's log holds Secrets. */
const fileMode = 0o600;
const folderMode = 0o700;
const durableFlags = constants.O_WRONLY | constants.O_APPEND | constants.O_DSYNC;
/** Elsewhere the flag is not there, or promises less than a sync. */
const canWriteDurably = process.platform === "linux";

/** Gives access to the files below `root`. */
export function createDiskFiles(root: string): DiskFiles {
  const tails = new Map<string, Tail>();

  async function tailOf(path: string): Promise<Tail> {
    const found = tails.get(path);
    if (found) return found;
    const file = join(root, path);
    await makeFolder(dirname(file));
    const handle = await open(file, "a", fileMode);
    const { size } = await handle.stat();
    // What is there already may be of a life that ended before its sync.
    const tail = { handle, durable: undefined, isLoose: size > 0, size, isNew: size === 0 };
    tails.set(path, tail);
    return tail;
  }

  async function append(path: string, data: string, sync: boolean) {
    const tail = await tailOf(path);
    const bytes = Buffer.from(data);
    const isDurable = canWriteDurably && sync && !tail.isLoose;
    try {
      const handle = isDurable ? await durableOf(path, tail) : tail.handle;
      for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
    } catch (error) {
      // Half a record would be in the way of the next one.
      await tail.handle.truncate(tail.size).catch(() => {});
      throw error;
    }
    tail.size += bytes.length;
    if (!isDurable) tail.isLoose = true;
    if (!sync) return;
    if (!isDurable) await tail.handle.datasync();
    tail.isLoose = false;
    if (tail.isNew) await syncFolder(dirname(join(root, path)));
    tail.isNew = false;
  }

  async function durableOf(path: string, tail: Tail): Promise<FileHandle> {
    tail.durable ??= await open(join(root, path), durableFlags);
    return tail.durable;
  }

  async function replace(path: string, data: string) {
    await closeTail(path);
    const file = join(root, path);
    await makeFolder(dirname(file));
    const temporary = file + temporarySuffix;
    const handle = await open(temporary, "w", fileMode);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } catch (error) {
      // On a full disk it would hold the room that somebody else frees.
      await rm(temporary, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(dirname(file));
  }

  async function read(path: string): Promise<string | undefined> {
    try {
      return await readFile(join(root, path), "utf8");
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async function truncate(path: string, size: number) {
    await closeTail(path);
    const text = await read(path);
    if (text === undefined || text.length <= size) return;
    const handle = await open(join(root, path), "r+");
    try {
      await handle.truncate(Buffer.byteLength(text.slice(0, size)));
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async function remove(path: string) {
    await closeTail(path);
    const file = join(root, path);
    await rm(file, { force: true });
    await syncFolder(dirname(file)).catch((error) => {
      if (!isAbsent(error)) throw error;
    });
  }

  /** Folders that lead to a prefix, whatever comes after its last slash. */
  async function list(prefix: string): Promise<string[]> {
    const folder = join(root, prefix.slice(0, prefix.lastIndexOf("/") + 1));
    let entries: Awaited<ReturnType<typeof entriesOf>>;
    try {
      entries = await entriesOf(folder);
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(temporarySuffix))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .filter((path) => path.startsWith(prefix))
      .sort();
  }

  async function closeTail(path: string) {
    const tail = tails.get(path);
    tails.delete(path);
    await tail?.durable?.close();
    await tail?.handle.close();
  }

  async function close() {
    for (const path of [...tails.keys()]) await closeTail(path);
  }

  /** Each folder that is made is durable only when the one above it is synced. */
  async function makeFolder(folder: string) {
    const first = await mkdir(folder, { recursive: true, mode: folderMode });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
  }

  return { read, append, replace, truncate, remove, list, close };
}

function entriesOf(folder: string) {
  return readdir(folder, { recursive: true, withFileTypes: true });
}

async function syncFolder(folder: string) {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}
