import { lastIndex, lastTerm } from "../../actors/store/raft/log.ts";
import { takeFolder } from "../cluster/data_dir.ts";
import type { ReplicaDisk } from "../cluster/store_disks.ts";
import { backUp, restore, storeOnDisk } from "../cluster/store_rescue.ts";

/** Writes all that is in the store to a file, and says so. */
export async function writeBackup(dataDir: string, file: string): Promise<readonly string[]> {
  const { head } = await backUp(dataDir, file);
  return [`Wrote revision ${head.revision} to ${file}`];
}

/** Makes the store what a file holds, and says what became of both. */
export async function restoreStore(
  { dataDir, stores: wanted }: { readonly dataDir: string; readonly stores?: number },
  file: string,
): Promise<readonly string[]> {
  const { folder, release } = await takeFolder(dataDir);
  try {
    const { backup, stores, aside } = await restore(folder, file, wanted);
    const done = `Restored revision ${backup.head.revision} to ${stores} replicas in ${folder}`;
    return aside === undefined ? [done] : [done, `What was there before is in ${aside}`];
  } finally {
    await release();
  }
}

/** What is left of a store on its disks, in words and as data. */
export async function storeStatus(dataDir: string) {
  const { cluster, replicas, isSafe } = await storeOnDisk(dataDir);
  const told = replicas.flatMap((replica) => [`${replica.address}  ${stateOf(replica)}`, `  ${replica.folder}`]);
  const lines = [...told, isSafe ? "A majority is whole" : "No majority is whole: the cluster does not start"];
  return { isSafe, lines, facts: { cluster: cluster.cluster, isSafe, replicas: replicas.map(factsOf) } };
}

function stateOf({ image, why = "lost" }: ReplicaDisk): string {
  if (!image) return why;
  const { log, commitIndex } = image;
  return `whole, ends with entry ${lastIndex(log)} of term ${lastTerm(log)}, at least ${commitIndex} committed`;
}

function factsOf({ address, folder, image, why }: ReplicaDisk) {
  const replica = { replica: address, folder };
  if (!image) return { ...replica, fault: why };
  const { log, commitIndex } = image;
  return { ...replica, lastIndex: lastIndex(log), lastTerm: lastTerm(log), commitIndex };
}
