import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { InputError, messageOf } from "./input_error.ts";
import { makeFolder } from "./make_folder.ts";
import type { Topology } from "./topology.ts";
import { writeWhole } from "./write_whole.ts";

/** Where a cluster keeps what outlives its process; held by one cluster at a time. */
export interface DataDir {
  readonly path: string;
  /** The store replicas' disks. */
  readonly disks: string;
  /** The certificate authority. */
  readonly pki: string;
  /** The kubeconfig, unless another place is asked for. */
  readonly kubeconfig: string;
  /** Whether a cluster lived here before. */
  readonly isUsed: boolean;
  /** Lets others have it; removes what was only temporary. */
  release(): Promise<void>;
}

/** What is written about a cluster where it lives, so that it is never started as another. */
interface Description {
  readonly version: 1;
  readonly stores: number;
}

/**
 * Takes a folder for a cluster's data; without a path, a temporary one that is removed with the cluster.
 *
 * @throws InputError when another cluster has it, when it cannot be written, or when its cluster is of another shape
 */
export async function takeDataDir(path: string | undefined, { stores }: Pick<Topology, "stores">): Promise<DataDir> {
  if (path === undefined) {
    const temporary = await mkdtemp(join(tmpdir(), "kubetroupe-"));
    return dataDir(temporary, false, () => rm(temporary, { recursive: true, force: true }));
  }
  const folder = resolve(path);
  const lock = join(folder, "lock");
  await takeLock(folder, lock);
  const release = () => rm(lock, { force: true });
  try {
    return dataDir(folder, await checkDescription(folder, stores), release);
  } catch (error) {
    await release();
    throw error;
  }
}

function dataDir(path: string, isUsed: boolean, release: () => Promise<void>): DataDir {
  const below = (name: string) => join(path, name);
  return { path, disks: below("disks"), pki: below("pki"), kubeconfig: below("kubeconfig"), isUsed, release };
}

/** The lock names its process: what a killed process left behind holds nobody up. */
async function takeLock(folder: string, lock: string) {
  try {
    await makeFolder(folder);
    for (let attempt = 0; attempt < 2; attempt++) {
      if (await created(lock)) return;
      const holder = await readFile(lock, "utf8").catch(() => "");
      if (isAlive(Number(holder))) throw new InputError(inUse(folder, holder));
      await setAside(lock, holder);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot use data directory "${folder}": ${messageOf(error)}, choose another`, {
      cause: error,
    });
  }
  throw new InputError(inUse(folder, await readFile(lock, "utf8").catch(() => "?")));
}

async function created(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a dead process's lock, but not the one that somebody else has put in its place meanwhile. */
async function setAside(lock: string, holder: string) {
  const aside = `${lock}.${process.pid}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if ((await readFile(aside, "utf8")) === holder) await rm(aside);
  else await rename(aside, lock);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, but is somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function inUse(folder: string, holder: string): string {
  return `Cannot use data directory "${folder}": process ${holder} runs a cluster in it, stop that one or choose another`;
}

/** Tells whether a cluster lived here; a cluster cannot change the size of its store by being started again. */
async function checkDescription(folder: string, stores: number): Promise<boolean> {
  const path = join(folder, "cluster.json");
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new InputError(`Cannot use data directory "${folder}": ${error.message}`, { cause: error });
  });
  if (text === undefined) {
    const description: Description = { version: 1, stores };
    await writeWhole(path, `${JSON.stringify(description)}\n`);
    return false;
  }
  const found = described(text);
  if (found?.version !== 1) {
    throw new InputError(
      `Cannot use data directory "${folder}": its cluster.json is broken or of another version, choose another`,
    );
  }
  if (found.stores !== stores) {
    throw new InputError(
      `Cannot use data directory "${folder}": its cluster has ${found.stores} store replicas, not ${stores}, give --stores ${found.stores} or choose another`,
    );
  }
  return true;
}

function described(text: string): Partial<Description> | undefined {
  try {
    return JSON.parse(text) as Partial<Description>;
  } catch {
    return undefined;
  }
}
