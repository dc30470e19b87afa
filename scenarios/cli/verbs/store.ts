import type { Command } from "commander";
import { InputError } from "../../cluster/input_error.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

interface StoreOptions {
  readonly dataDir: string;
  readonly stores?: number;
  readonly json?: true;
}

/** Looks after the store of a data directory. */
export const store: Verb = {
  name: "store",
  summary: "Backs up, restores, and tells the state and the members of a cluster's store in its data directory",
  examples: [
    ["troupe store status --data-dir ./cluster", "each replica: whether it is whole, and how far its log goes"],
    ["troupe store members --data-dir ./cluster", "who its group is made of, who votes, and how far each disk goes"],
    ["troupe store backup monday.backup --data-dir ./cluster", "writes all that is in the store to a file; it may run"],
    ["troupe store restore monday.backup --data-dir ./cluster", "makes the store what the file holds; it must not run"],
  ],
  declare(command: Command) {
    command
      .argument("<action>", "status, members, backup or restore")
      .argument("[file]", "the backup")
      .requiredOption("--data-dir <folder>", "where the cluster is kept")
      .option("--stores <n>", "with restore: how many replicas (default: as many as there were, or 3)", storesOf)
      .option("--json", "with status and members: prints one object");
  },
  run,
};

function storesOf(text: string): number {
  if (["1", "3", "5"].includes(text)) return Number(text);
  throw new InputError(`Cannot make a store of ${text} replicas: give 1, 3 or 5`);
}

async function run({ args, options, streams }: Invocation<StoreOptions>): Promise<number> {
  const [action = "", file] = args;
  if (action === "status") return await status(options.dataDir, options.json === true, streams);
  if (action === "members") return await members(options.dataDir, options.json === true, streams);
  if (action !== "backup" && action !== "restore") {
    throw new InputError(`Cannot ${action} a store: there is no such action, use status, members, backup or restore`);
  }
  if (file === undefined) throw new InputError(`Cannot ${action} the store: no file is named, give one`);
  const { restoreStore, writeBackup } = await import("../store_rescue.ts");
  const told = action === "backup" ? await writeBackup(options.dataDir, file) : await restoreStore(options, file);
  for (const line of told) streams.stdout.write(`${line}\n`);
  return exitCodes.good;
}

async function status(dataDir: string, isJson: boolean, { stdout }: Invocation["streams"]): Promise<number> {
  const { storeStatus } = await import("../store_rescue.ts");
  const { isSafe, lines, facts } = await storeStatus(dataDir);
  stdout.write(isJson ? `${JSON.stringify(facts)}\n` : lines.map((line) => `${line}\n`).join(""));
  return isSafe ? exitCodes.good : exitCodes.failed;
}

async function members(dataDir: string, isJson: boolean, { stdout }: Invocation["streams"]): Promise<number> {
  const { storeMembers } = await import("../store_rescue.ts");
  const { lines, facts } = await storeMembers(dataDir);
  stdout.write(isJson ? `${JSON.stringify(facts)}\n` : lines.map((line) => `${line}\n`).join(""));
  return exitCodes.good;
}
