import { type Configuration, noConfiguration } from "../../actors/store/raft/configuration.ts";
import type { Entry } from "../../actors/store/raft/entry.ts";
import { createLog } from "../../actors/store/raft/log.ts";
import type { RaftStart } from "../../actors/store/raft/raft.ts";
import type { HardState, SnapshotEnd, Write } from "../../actors/store/raft/write.ts";

/** A snapshot of a replica whose state is the list of the commands that it has applied. */
export interface StageSnapshot extends SnapshotEnd {
  readonly configuration: Configuration;
  readonly applied: readonly string[];
}

/** What is durable of one replica of a small world. */
export interface RaftDisk {
  hardState: HardState;
  snapshot: StageSnapshot;
  /** The log's file: entries behind this index. */
  afterIndex: number;
  readonly entries: Entry[];
}

/** A disk on which nothing was ever written. */
export function emptyDisk(): RaftDisk {
  const snapshot = { index: 0, term: 0, configuration: noConfiguration, applied: [] };
  return { hardState: { term: 0, vote: "", commitIndex: 0 }, snapshot, afterIndex: 0, entries: [] };
}

/** Makes a write durable. */
export function storeWrite(disk: RaftDisk, { after, entries, hardState }: Write): void {
  if (after) {
    disk.afterIndex = after.index;
    disk.entries.length = 0;
  }
  const [first] = entries;
  if (first) disk.entries.splice(first.index - disk.afterIndex - 1, Number.POSITIVE_INFINITY, ...entries);
  disk.hardState = hardState;
}

/** What a replica starts from that finds this disk. */
export function memoryOf(disk: RaftDisk): Pick<RaftStart, "term" | "vote" | "commitIndex" | "log" | "configuration"> {
  const { snapshot, hardState, afterIndex, entries } = disk;
  const { index, term, configuration } = snapshot;
  const isConflicting = index > afterIndex && entries[index - afterIndex - 1]?.term !== term;
  const log = createLog(index, term, isConflicting ? [] : entries.slice(index - afterIndex));
  const last = index + log.entries.length;
  return { ...hardState, log, configuration, commitIndex: Math.max(index, Math.min(hardState.commitIndex, last)) };
}
