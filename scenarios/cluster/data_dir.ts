import { randomBytes } from "node:crypto";
import { chmod, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { lockFolder } from "./folder_lock.ts";
import { InputError, messageOf } from "./input_error.ts";
import { makeFolder } from "./make_folder.ts";
import { clusterOfDisks, makeDisks } from "./store_disks.ts";
import { takeTemporaryFolder } from "./temporary_folder.ts";
import type { Topology } from "./topology.ts";
import { secretMode, writeWhole } from "./write_whole.ts";

/** Where a cluster keeps what outlives its process; held by one cluster at a time. */
export interface DataDir {
  readonly path: string;
  /** The store replicas' disks. */
  readonly disks: string;
  /** What pods have written to the volumes of their claims. */
  readonly volumes: string;
  /** The certificate authority. */
  readonly pki: string;
  /** The kubeconfig, unless another place is asked for. */
  readonly kubeconfig: string;
  /** Tells the cluster apart from all others. */
  readonly cluster: string;
  /** Whether a cluster lived here before. */
  readonly isUsed: boolean;
  /** Lets others have it; removes what was only temporary. */
  release(): Promise<void>;
}

/** What is written about a cluster where it lives, so that it is never started as another. */
export interface ClusterDescription {
  readonly version: 2;
  readonly cluster: string;
  readonly stores: number;
}

/** Its owner's alone: the store's log holds Secrets. */
const ownFolderMode = 0o700;

/**
 * Takes a folder for a cluster's data; without a path, a temporary one that is removed with the cluster. The disks of
 * the store are made once, with the cluster: one that is missing later is lost, and not new.
 *
 * @throws InputError when another cluster has it, when it cannot be written, or when its cluster is of another shape
 */
export async function takeDataDir(path: string | undefined, { stores }: Pick<Topology, "stores">): Promise<DataDir> {
  const { folder, release } = path === undefined ? await takeTemporaryFolder() : await takeFolder(path);
  try {
    const { isUsed, cluster } = await clusterIn(folder, stores);
    const below = (name: string) => join(folder, name);
    const paths = {
      disks: below("disks"),
      volumes: below("volumes"),
      pki: below("pki"),
      kubeconfig: below("kubeconfig"),
    };
    return { path: folder, ...paths, cluster, isUsed, release };
  } catch (error) {
    await release();
    throw error instanceof InputError ? error : unusable(folder, error);
  }
}

/**
 * Takes a folder for this process alone, as long as it does not release it.
 *
 * @throws InputError when another process has it, or it cannot be written
 */
export async function takeFolder(path: string): Promise<{ folder: string; release: () => Promise<void> }> {
  const folder = resolve(path);
  try {
    await makeFolder(folder);
    await chmod(folder, ownFolderMode);
    const lock = await lockFolder(folder);
    if ("release" in lock) return { folder, release: lock.release };
    throw new InputError(
      `Cannot use data directory "${folder}": process ${lock.holder.pid} runs a cluster in it, stop that one or choose another; if that process is no cluster, remove ${lock.holder.path}`,
    );
  } catch (error) {
    throw error instanceof InputError ? error : unusable(folder, error);
  }
}

/**
 * What a folder says of its cluster; undefined when there is none.
 *
 * @throws InputError when what it says cannot be read
 */
export async function describedCluster(folder: string): Promise<ClusterDescription | undefined> {
  const text = await readFile(join(folder, "cluster.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw unusable(folder, error);
  });
  if (text === undefined) return undefined;
  const found = described(text);
  if (found?.version === 2 && found.cluster !== undefined && found.stores !== undefined) {
    return found as ClusterDescription;
  }
  throw new InputError(`Cannot use data directory "${folder}": ${wrongIn(found)}, or choose another folder`);
}

/** Who made the folder of another version can still read its store; a description alone is told by the disks as well. */
function wrongIn(found: { readonly version?: unknown } | undefined): string {
  const version = found?.version;
  return typeof version === "number" && version !== 2
    ? `its cluster.json is of version ${version}, not 2, save its store by "troupe store backup" of who made it and restore that here`
    : "its cluster.json is broken, remove that file and give --stores as before, so that it is written anew from the disks";
}

/** Writes what a folder says of its cluster. */
export async function describeCluster(folder: string, cluster: Omit<ClusterDescription, "version">): Promise<void> {
  const description: ClusterDescription = { version: 2, ...cluster };
  await writeWhole(join(folder, "cluster.json"), `${JSON.stringify(description)}\n`, { mode: secretMode });
}

/** A name that no other cluster has. */
export function newClusterName(): string {
  return randomBytes(8).toString("hex");
}

/** Finds the cluster that lives in a folder, or makes one: its disks are there as a whole before anything names it. */
async function clusterIn(folder: string, stores: number): Promise<{ isUsed: boolean; cluster: string }> {
  const found = await describedCluster(folder);
  if (found) {
    if (found.stores === stores) return { isUsed: true, cluster: found.cluster };
    throw new InputError(
      `Cannot use data directory "${folder}": its cluster has ${found.stores} store replicas, not ${stores}, give --stores ${found.stores} or choose another`,
    );
  }
  const disks = join(folder, "disks");
  const known = await clusterOfDisks(disks);
  const cluster = known ?? newClusterName();
  if (known === undefined) await makeDisks(disks, { cluster, stores });
  await describeCluster(folder, { cluster, stores });
  return { isUsed: known !== undefined, cluster };
}

function unusable(folder: string, error: unknown): InputError {
  return new InputError(`Cannot use data directory "${folder}": ${messageOf(error)}, choose another`, { cause: error });
}

function described(text: string): Partial<ClusterDescription> | undefined {
  try {
    return JSON.parse(text) as Partial<ClusterDescription>;
  } catch {
    return undefined;
  }
}
