import type { Address } from "../../../runtime/mod.ts";
import { type Entry, isEntry, readEntry } from "../raft/entry.ts";
import { payloadOf, scanRecords } from "./record.ts";

/** What a log file says. */
export interface WalContent {
  readonly term: number;
  readonly vote: Address;
  readonly commitIndex: number;
  /** What went before the first entry is in a snapshot. */
  readonly snapshotIndex: number;
  readonly snapshotTerm: number;
  readonly entries: Entry[];
  /** Whether it has the record with which every log begins. */
  readonly isBegun: boolean;
  /** How much of the file is whole records. */
  readonly goodLength: number;
}

/**
 * Reads a log file.
 *
 * @throws Error when it was altered, or entries are missing
 */
export function readWal(text: string, file: string): WalContent {
  const { records, goodLength } = scanRecords(text, file);
  const entries: Entry[] = [];
  let [term, commitIndex, vote, snapshotIndex, snapshotTerm] = [0, 0, "", 0, 0];
  const isBegun = records[0] !== undefined && payloadOf(records[0]).startsWith("S ");
  for (const record of records) {
    const payload = payloadOf(record);
    if (isEntry(payload)) {
      const entry = readEntry(record);
      const place = entry.index - snapshotIndex - 1;
      if (place < 0 || place > entries.length) {
        throw new Error(`Cannot read ${file}: entry ${entry.index} follows entry ${snapshotIndex + entries.length}`);
      }
      entries.length = place;
      entries.push(entry);
      term = Math.max(term, entry.term);
      continue;
    }
    const [kind, first, second, third] = payload.split(" ");
    if (kind === "S") {
      [snapshotIndex, snapshotTerm] = [Number(first), Number(second)];
    } else {
      [commitIndex, vote] = [Number(second), third ?? ""];
      term = Number(first);
    }
  }
  return { term, vote, commitIndex, snapshotIndex, snapshotTerm, entries, isBegun, goodLength };
}
