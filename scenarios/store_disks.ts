import { readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { memberFile, newStoreDisk, readMember } from "../actors/store/member.ts";
import { createDiskFiles } from "../runtime/devices/disk_files.ts";
import { InputError } from "./input_error.ts";
import { storeAddress } from "./topology.ts";

/** What the disks of a store are made of. */
export interface DisksPlan {
  readonly cluster: string;
  readonly stores: number;
  /** What a replica's disk holds, by path. Default: what that of a new member does. */
  readonly files?: (replica: string, cluster: string) => Readonly<Record<string, string>>;
}

/**
 * Makes the disks of all replicas of a store: all of them are there, durably, or none.
 *
 * @throws what the file system says
 */
export async function makeDisks(disks: string, { cluster, stores, files = newStoreDisk }: DisksPlan): Promise<void> {
  const part = join(dirname(disks), `${basename(disks)}.part`);
  await rm(part, { recursive: true, force: true });
  const written = createDiskFiles(part);
  for (let index = 0; index < stores; index++) {
    const replica = storeAddress(index);
    for (const [path, text] of Object.entries(files(replica, cluster)))
      await written.replace(`${replica}/${path}`, text);
  }
  await rename(part, disks);
}

/**
 * The cluster whose disks are in a folder; undefined when there are none.
 *
 * @throws InputError when there are disks of several clusters, or of none that could be told
 */
export async function clusterOfDisks(disks: string): Promise<string | undefined> {
  const folder = join(disks, dirname(storeAddress(0)));
  const replicas = await readdir(folder).catch(() => []);
  if (replicas.length === 0) return undefined;
  const clusters = new Set<string>();
  for (const replica of replicas) {
    const text = await readFile(join(folder, replica, memberFile), "utf8").catch(() => "");
    if (text !== "") clusters.add(readMember(text).cluster);
  }
  const [cluster] = clusters;
  if (clusters.size === 1) return cluster;
  throw new InputError(
    `Cannot tell whose disks are in "${disks}": they name ${clusters.size} clusters, put its cluster.json back or choose another data directory`,
  );
}
