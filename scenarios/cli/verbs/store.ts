import type { Command } from "commander";
import { lastIndex, lastTerm } from "../../../actors/store/raft/log.ts";
import { takeFolder } from "../../cluster/data_dir.ts";
import { InputError } from "../../cluster/input_error.ts";
import type { ReplicaDisk } from "../../cluster/store_disks.ts";
import { backUp, restore, storeOnDisk } from "../../cluster/store_rescue.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

interface StoreOptions {
  readonly dataDir: string;
  readonly stores?: number;
  readonly json?: true;
}

/** Looks after the store of a data directory. */
export const store: Verb = {
  name: "store",
  summary: "Backs up, restores, and tells the state of a cluster's store in its data directory",
  examples: [
    ["troupe store status --data-dir ./cluster", "each replica: whether it is whole, and how far its log goes"],
    ["troupe store backup monday.backup --data-dir ./cluster", "writes all that is in the store to a file; it may run"],
    ["troupe store restore monday.backup --data-dir ./cluster", "makes the store what the file holds; it must not run"],
  ],
  declare(command: Command) {
    command
      .argument("<action>", "status, backup or restore")
      .argument("[file]", "the backup")
      .requiredOption("--data-dir <folder>", "where the cluster is kept")
      .option("--stores <n>", "with restore: how many replicas (default: as many as there were, or 3)", storesOf)
      .option("--json", "with status: prints one object");
  },
  run,
};

function storesOf(text: string): number {
  if (["1", "3", "5"].includes(text)) return Number(text);
  throw new InputError(`Cannot make a store of ${text} replicas: give 1, 3 or 5`);
}

async function run({ args, options, streams }: Invocation<StoreOptions>): Promise<number> {
  const [action = "", file] = args;
  if (action === "status") return await status(options, streams);
  if (action !== "backup" && action !== "restore") {
    throw new InputError(`Cannot ${action} a store: there is no such action, use status, backup or restore`);
  }
  if (file === undefined) throw new InputError(`Cannot ${action} the store: no file is named, give one`);
  if (action === "backup") {
    const { head } = await backUp(options.dataDir, file);
    streams.stdout.write(`Wrote revision ${head.revision} to ${file}\n`);
    return exitCodes.good;
  }
  const { folder, release } = await takeFolder(options.dataDir);
  try {
    const { backup, stores, aside } = await restore(folder, file, options.stores);
    streams.stdout.write(`Restored revision ${backup.head.revision} to ${stores} replicas in ${folder}\n`);
    if (aside !== undefined) streams.stdout.write(`What was there before is in ${aside}\n`);
  } finally {
    await release();
  }
  return exitCodes.good;
}

async function status({ dataDir, json }: StoreOptions, { stdout }: Invocation["streams"]): Promise<number> {
  const { cluster, replicas, isSafe } = await storeOnDisk(dataDir);
  if (json) {
    stdout.write(`${JSON.stringify({ cluster: cluster.cluster, isSafe, replicas: replicas.map(factsOf) })}\n`);
  } else {
    for (const replica of replicas) stdout.write(`${replica.address}  ${stateOf(replica)}\n  ${replica.folder}\n`);
    stdout.write(isSafe ? "A majority is whole\n" : "No majority is whole: the cluster does not start\n");
  }
  return isSafe ? exitCodes.good : exitCodes.failed;
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
