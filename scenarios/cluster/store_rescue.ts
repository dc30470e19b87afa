import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Backup,
  diskOfBackup,
  encodeBackup,
  readBackup,
  takeBackup,
} from "../../actors/store/backup/backup_file.ts";
import { applyLog, bestImage, type DiskImage } from "../../actors/store/backup/disk_image.ts";
import { lastIndex, lastTerm } from "../../actors/store/raft/log.ts";
import { majority } from "../../actors/store/raft/quorum.ts";
import { type ClusterDescription, describeCluster, describedCluster, newClusterName } from "./data_dir.ts";
import { InputError, messageOf } from "./input_error.ts";
import { makeDisks, type ReplicaDisk, readDisks } from "./store_disks.ts";
import { secretMode, writeWhole } from "./write_whole.ts";

/** A replica whose disk is whole. */
type WholeDisk = ReplicaDisk & { readonly image: DiskImage };

/** The store of a data directory, as its disks show it. */
export interface StoreOnDisk {
  readonly cluster: ClusterDescription;
  readonly replicas: readonly ReplicaDisk[];
  readonly whole: readonly WholeDisk[];
  /** Whether the cluster starts: then all that was acknowledged is there. */
  readonly isSafe: boolean;
}

/**
 * Looks at the store of a data directory.
 *
 * @throws InputError when there is no cluster
 */
export async function storeOnDisk(folder: string): Promise<StoreOnDisk> {
  const cluster = await describedCluster(folder);
  if (!cluster) throw new InputError(`Cannot find a cluster in "${folder}": it has no cluster.json, give --data-dir`);
  const replicas = readDisks(join(folder, "disks"), cluster);
  const whole = replicas.filter((replica): replica is WholeDisk => replica.image !== undefined);
  return { cluster, replicas, whole, isSafe: whole.length >= majority(cluster.stores) };
}

/**
 * Writes a backup of a store to a file: all that was acknowledged when it began, whether the cluster runs or not.
 *
 * @throws InputError when too little of the store is whole to know that
 */
export async function backUp(folder: string, file: string): Promise<Backup> {
  const { isSafe, whole, cluster } = await storeOnDisk(folder);
  const best = bestOf(whole);
  if (!best || !isSafe) {
    throw new InputError(
      `Cannot back up the store of "${folder}": ${whole.length} of its ${cluster.stores} replicas are whole, which is no majority, look with troupe store status --data-dir ${folder}`,
    );
  }
  const backup = backupOf(best);
  await writeWhole(file, encodeBackup(backup), { mode: secretMode });
  return backup;
}

/**
 * Makes the store of a data directory what a backup holds; what was there before is moved aside. The folder must be
 * this process's.
 *
 * @throws InputError when the file is no backup, or is not whole
 */
export async function restore(folder: string, file: string, stores: number | undefined) {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new InputError(`Cannot read backup "${file}": ${messageOf(error)}`, { cause: error });
  });
  let backup: Backup;
  try {
    backup = readBackup(text, file);
  } catch (error) {
    throw new InputError(`Cannot restore "${file}": ${messageOf(error)}, give a file that troupe store backup wrote`);
  }
  const count = stores ?? (await describedCluster(folder))?.stores ?? 3;
  return { backup, stores: count, ...(await beginFrom(folder, backup, count)) };
}

/**
 * Begins a cluster anew from the best of the replicas that are left, after a majority was lost.
 *
 * @throws InputError when there is none, or no need
 */
export async function forceNewCluster(folder: string): Promise<{ cluster: string; told: string }> {
  const { cluster, whole, isSafe } = await storeOnDisk(folder);
  if (isSafe)
    throw new InputError(
      `Cannot force a new cluster in "${folder}": a majority of its store is whole, leave --force-new-cluster out`,
    );
  const best = bestOf(whole);
  if (!best) {
    throw new InputError(
      `Cannot force a new cluster in "${folder}": no replica of its store is whole, ${restoreAdvice(folder)}`,
    );
  }
  const began = await beginFrom(folder, backupOf(best), cluster.stores);
  const told = `Began anew from ${best.address} at entry ${lastIndex(best.image.log)}; what only the others had is lost, what was left of them is in ${began.aside}`;
  return { cluster: began.cluster, told };
}

/** Why a cluster does not start whose store has lost a majority, and what can be done. */
export async function lossAdvice(folder: string): Promise<string> {
  const { cluster, replicas, whole } = await storeOnDisk(folder);
  const lost = replicas.filter(({ image }) => !image).map(({ folder: path, why }) => `${path} (${why})`);
  const best = bestOf(whole);
  const force = best
    ? `or begin anew from ${best.address} with troupe up --data-dir ${folder} --force-new-cluster: its log ends with entry ${lastIndex(best.image.log)}, and every later write, and every write that only the lost replicas had, is gone then, acknowledged or not`
    : "as no replica is whole";
  return `Cannot start the store of "${folder}": ${lost.length} of its ${cluster.stores} replicas are lost or damaged, so that what they had acknowledged may be with nobody: ${lost.join(", ")}; put those folders back, ${restoreAdvice(folder)}, ${force}`;
}

function restoreAdvice(folder: string): string {
  return `restore a backup with troupe store restore FILE --data-dir ${folder}`;
}

async function beginFrom(folder: string, backup: Backup, stores: number) {
  const cluster = newClusterName();
  const aside = await makeDisks(join(folder, "disks"), { cluster, stores, files: diskOfBackup(backup) });
  await describeCluster(folder, { cluster, stores });
  return { cluster, aside };
}

function bestOf(whole: readonly WholeDisk[]): WholeDisk | undefined {
  const image = bestImage(whole.map((each) => each.image));
  return whole.find((each) => each.image === image);
}

function backupOf({ image }: WholeDisk): Backup {
  return takeBackup(applyLog(image), lastTerm(image.log));
}
