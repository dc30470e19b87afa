import { readFileSync } from "node:fs";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type DiskImage, readDisk } from "../../actors/store/backup/disk_image.ts";
import { memberFile, newStoreDisk, readMember } from "../../actors/store/member.ts";
import { createDiskFiles } from "../../runtime/devices/disk_files.ts";
import type { Address } from "../../runtime/mod.ts";
import { InputError, messageOf } from "./input_error.ts";
import { storeAddress } from "./topology.ts";

/** What the disks of a store are made of. */
export interface DisksPlan {
  readonly cluster: string;
  readonly stores: number;
  /** What a replica's disk holds, by path. Default: what that of a new member does. */
  readonly files?: (replica: string, cluster: string) => Readonly<Record<string, string>>;
}

/** The disk of one replica, whole or not. */
export interface ReplicaDisk {
  readonly address: Address;
  /** The path of its folder. */
  readonly folder: string;
  /** Absent: it is lost, or damaged. */
  readonly image?: DiskImage;
  /** Why there is no image. */
  readonly why?: string;
}

/** Reads the disks of all replicas of a store, also of one that runs: what it is writing is then not in it. */
export function readDisks(disks: string, { cluster, stores }: Omit<DisksPlan, "files">): readonly ReplicaDisk[] {
  return Array.from({ length: stores }, (_, index) => {
    const address = storeAddress(index);
    const folder = join(disks, address);
    for (let attempt = 1; ; attempt++) {
      try {
        return { address, folder, image: readDisk({ cluster, self: address }, (path) => textOf(join(folder, path))) };
      } catch (error) {
        // One that runs may have begun a new log between two of its files.
        if (attempt === readAttemptsMax) return { address, folder, why: messageOf(error) };
      }
    }
  });
}

const readAttemptsMax = 3;

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Makes the disks of all replicas of a store: all of them are there, durably, or none. Disks that were there before are
 * moved aside, and it is told where to.
 *
 * @throws what the file system says
 */
export async function makeDisks(
  disks: string,
  { cluster, stores, files = newStoreDisk }: DisksPlan,
): Promise<string | undefined> {
  const part = join(dirname(disks), `${basename(disks)}.part`);
  await rm(part, { recursive: true, force: true });
  const written = createDiskFiles(part);
  for (let index = 0; index < stores; index++) {
    const replica = storeAddress(index);
    for (const [path, text] of Object.entries(files(replica, cluster)))
      await written.replace(`${replica}/${path}`, text);
  }
  const aside = `${disks}.before-${cluster}`;
  const isMoved = await rename(disks, aside).then(
    () => true,
    () => false,
  );
  await rename(part, disks);
  return isMoved ? aside : undefined;
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
