import { bestImage } from "../../actors/store/backup/disk_image.ts";
import { groupOnDisk } from "../../actors/store/backup/group_on_disk.ts";
import { everyone, isLearner } from "../../actors/store/raft/configuration.ts";
import { lastIndex, lastTerm } from "../../actors/store/raft/log.ts";
import { takeFolder } from "../cluster/data_dir.ts";
import { InputError } from "../cluster/input_error.ts";
import type { ReplicaDisk } from "../cluster/store_disks.ts";
import { backUp, restore, storeOnDisk } from "../cluster/store_rescue.ts";
import { storeAddress, upTo } from "../cluster/topology.ts";

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

/** Who the store's group is made of, as the best of its disks says, and how each is. */
export async function storeMembers(dataDir: string) {
  const { replicas, whole, cluster } = await storeOnDisk(dataDir);
  const best = bestImage(whole.map(({ image }) => image));
  if (!best) {
    throw new InputError(
      `Cannot tell the members of the store of "${dataDir}": no replica is whole, look with troupe store status --data-dir ${dataDir}`,
    );
  }
  const group = groupOnDisk(best, upTo(cluster.stores, storeAddress));
  const members = everyone(group).map((address) => ({ address, vote: !isLearner(group, address) }));
  const strangers = replicas.filter(({ address }) => !members.some((each) => each.address === address));
  const diskOf = (address: string) => {
    const found = replicas.find((each) => each.address === address);
    return found ? stateOf(found) : "it has no disk here";
  };
  const lines = [
    ...members.map(({ address, vote }) => `${address}  ${vote ? "votes" : "learns, has no vote"}; ${diskOf(address)}`),
    ...strangers.map(({ address }) => `${address}  is no member: it was removed`),
  ];
  return { lines, facts: { members, removed: strangers.map(({ address }) => address) } };
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
