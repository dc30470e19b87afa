import type { AskId, Step } from "../../runtime/mod.ts";
import type { StoreData } from "./data.ts";
import { createKeyspace } from "./keyspace/keyspace.ts";
import { beginRestore, endRestore, restorePart, type SnapshotReader } from "./keyspace/snapshot.ts";
import { readWal, type WalContent } from "./log/read_wal.ts";
import { encodeRecord } from "./log/record.ts";
import { createWal, walFile } from "./log/wal.ts";
import { memberFile, strangerOf } from "./member.ts";
import { noConfiguration, votersOnly } from "./raft/configuration.ts";
import { core } from "./raft/core.ts";
import { foundedBy } from "./raft/founding.ts";
import { createLog, type RaftLog } from "./raft/log.ts";
import { startRejoin } from "./rejoin.ts";
import { type Manifest, manifestFile, partFile, readManifest } from "./snapshot/files.ts";

/**
 * What a replica does before it takes part: it reads whose disk it is, the snapshot's manifest, its parts, and the log.
 * What is not its own, or is damaged, is left as it is, and the replica asks to be rebuilt. A log that was
 * torn, or is older than the snapshot, is written anew, and read back: nothing may be added behind a torn record.
 */
export interface Recovery {
  readonly ask: AskId;
  readonly reading: "member" | "manifest" | "part" | "log" | "repair" | "check";
  /** The log as it was written anew. */
  readonly repaired?: string;
  /** It is only shorter than it was. */
  readonly isCut?: boolean;
  readonly manifest: Manifest | undefined;
  readonly reader: SnapshotReader | undefined;
  readonly part: number;
  readonly length: number;
}

/** How often a log is written anew that the disk does not keep. */
const repairEveryMs = 500;

/** Begins to read. */
export function startRecovery(data: StoreData, step: Step): void {
  const ask = step.device("disk", { op: "read", path: memberFile });
  const nothing = { manifest: undefined, reader: undefined, part: 0, length: 0 };
  data.recovery = { ask, reading: "member", ...nothing };
}

/** Goes on reading; what cannot be right makes it a replica that has lost its disk. */
export function onRecovered(data: StoreData, text: string | undefined, step: Step): void {
  try {
    readOn(data, text, step);
  } catch (error) {
    startRejoin(data, (error as Error).message, step);
  }
}

function readOn(data: StoreData, text: string | undefined, step: Step) {
  const { recovery } = data;
  if (!recovery) return;
  switch (recovery.reading) {
    case "member": {
      const why = strangerOf(data.member, text);
      if (why !== undefined) return startRejoin(data, why, step);
      data.recovery = {
        ...recovery,
        ask: step.device("disk", { op: "read", path: manifestFile }),
        reading: "manifest",
      };
      return;
    }
    case "manifest": {
      const manifest = text === undefined ? undefined : readManifest(text);
      const reader = manifest && beginRestore(manifest);
      readNext(data, { ...recovery, manifest, reader }, step);
      return;
    }
    case "part": {
      const { manifest, reader, part } = recovery;
      if (manifest && reader) restorePart(reader, text ?? missing(partFile(manifest.index, part)), `part ${part}`);
      readNext(data, { ...recovery, part: part + 1, length: recovery.length + (text?.length ?? 0) }, step);
      return;
    }
    case "log":
      finish(data, { recovery, text }, step);
      return;
    case "repair":
      data.recovery = { ...recovery, ask: step.device("disk", { op: "read", path: walFile }), reading: "check" };
      return;
    case "check":
      if (text === recovery.repaired) {
        finish(data, { recovery, text }, step);
      } else {
        step.log("Cannot recover: the disk did not keep the repaired log, check the disk; trying again");
        waitForRepair(data, step);
      }
  }
}

/** Repairs the log a little later again: the disk did not keep it, or had no room for it. */
export function waitForRepair({ recovery }: StoreData, step: Step): void {
  if (recovery?.repaired !== undefined) step.timer("repair", repairEveryMs);
}

/** Repairs the log again. */
export function retryRepair(data: StoreData, step: Step): void {
  const { recovery } = data;
  if (recovery?.repaired !== undefined)
    repair(data, { recovery, text: recovery.repaired, isCut: recovery.isCut }, step);
}

/** Cutting a torn end off needs no room on the disk. */
function repair(
  data: StoreData,
  { recovery, text, isCut = false }: { recovery: Recovery; text: string; isCut: boolean | undefined },
  step: Step,
) {
  const request = isCut
    ? { op: "truncate", path: walFile, size: text.length }
    : { op: "replace", path: walFile, data: text };
  data.recovery = { ...recovery, ask: step.device("disk", request), reading: "repair", repaired: text, isCut };
}

function readNext(data: StoreData, recovery: Omit<Recovery, "ask" | "reading">, step: Step) {
  const { manifest, part } = recovery;
  const isPart = manifest !== undefined && part < manifest.parts;
  const path = isPart ? partFile(manifest.index, part) : walFile;
  const ask = step.device("disk", { op: "read", path });
  data.recovery = { ...recovery, ask, reading: isPart ? "part" : "log" };
}

/**
 * Reads the log that follows a snapshot.
 *
 * @throws Error when it is damaged
 */
export function readLog(text: string, manifest: Manifest | undefined): { wal: WalContent; log: RaftLog } {
  const wal = readWal(text, walFile);
  if (!wal.isBegun) throw new Error(`Cannot read ${walFile}: its beginning is missing`);
  return { wal, log: joined(wal, manifest) };
}

function finish(data: StoreData, { recovery, text }: { recovery: Recovery; text: string | undefined }, step: Step) {
  const { manifest, reader } = recovery;
  const { wal, log } = readLog(text ?? missing(walFile), manifest);
  const snapshotIndex = manifest?.index ?? 0;
  const { term, vote } = wal;
  const commitIndex = Math.max(snapshotIndex, Math.min(wal.commitIndex, log.snapshotIndex + log.entries.length));
  if (wal.goodLength < (text ?? "").length || wal.snapshotIndex !== snapshotIndex) {
    const isCut = wal.snapshotIndex === snapshotIndex;
    const good = (text ?? "").slice(0, wal.goodLength);
    repair(data, { recovery, text: isCut ? good : walText(log, `H ${term} ${commitIndex} ${vote}`), isCut }, step);
    return;
  }
  const keyspace = reader ? endRestore(reader) : createKeyspace();
  const { start } = data;
  const isNew = !manifest && term === 0 && log.entries.length === 0;
  const isFounding = manifest && !manifest.configuration;
  const configuration = isFounding ? votersOnly(start.founders) : (manifest?.configuration ?? noConfiguration);
  const memory = isNew ? foundedBy(start.founders) : { term, vote, commitIndex, log, configuration };
  data.keyspace = keyspace;
  data.wal = createWal(wal.goodLength);
  data.raft = core.create({ ...start, ...memory }, step);
  if (manifest) {
    Object.assign(data.snapshots, { index: manifest.index, parts: manifest.parts, length: recovery.length });
  }
  data.recovery = undefined;
  data.leaderlessSinceMs = step.uptimeMs;
}

function walText({ snapshotIndex, snapshotTerm, entries }: RaftLog, hardState: string): string {
  const records = entries.map((entry) => entry.record);
  return [encodeRecord(`S ${snapshotIndex} ${snapshotTerm}`), ...records, encodeRecord(hardState)].join("");
}

/** What of the log follows the snapshot. */
function joined(wal: WalContent, manifest: Manifest | undefined): RaftLog {
  const { index, term } = manifest ?? { index: 0, term: 0 };
  if (wal.snapshotIndex > index) {
    throw new Error(
      `Cannot read ${walFile}: it begins after entry ${wal.snapshotIndex}, the snapshot ends with ${index}`,
    );
  }
  const place = index - wal.snapshotIndex;
  const isConflicting = place > 0 && wal.entries[place - 1]?.term !== term;
  return createLog(index, term, isConflicting ? [] : wal.entries.slice(place));
}

/** A file is not there that must be. */
export function missing(path: string): never {
  throw new Error(`Cannot read ${path}: it is missing`);
}
