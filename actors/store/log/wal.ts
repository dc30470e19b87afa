import type { AskId, Step } from "../../../runtime/mod.ts";
import { isBegin } from "../keyspace/command.ts";
import { commandText, isChangeEntry } from "../raft/entry.ts";
import type { Write as RaftWrite } from "../raft/write.ts";
import { encodeRecord } from "./record.ts";

/**
 * The write-ahead log: records `E index term command` and `K index term change` (an entry, which changes the keyspace
 * or the configuration; one with an index that was there before replaces it and all that followed), `H term commit
 * vote` (hard state) and, first, `S index term` (what went before is in a snapshot). Raft gives one write at a time.
 */
export interface Wal {
  writing: Write | undefined;
  /** The write that found no room on the disk: nothing is written before it is. */
  refused: Write | undefined;
  /** The hard state as it was last written. */
  hardState: string;
  /** Characters in the file. */
  length: number;
}

/** A write of the log. */
interface Write {
  readonly ask: AskId;
  readonly request: object;
  readonly write: RaftWrite;
}

/** The file's name. */
export const walFile = "wal";

/** Makes a log whose file has so many characters. */
export function createWal(length: number): Wal {
  return { writing: undefined, refused: undefined, hardState: "", length };
}

/** Writes what must be durable now. */
export function startWrite(wal: Wal, write: RaftWrite, step: Step): void {
  const { after, entries, hardState } = write;
  if (after) wal.hardState = "";
  let text = after ? encodeRecord(`S ${after.index} ${after.term}`) : "";
  for (const entry of entries) text += entry.record;
  const state = hardStateText(hardState);
  if (state !== wal.hardState) text += encodeRecord(state);
  wal.hardState = state;
  wal.length = text.length + (after ? 0 : wal.length);
  const request = after
    ? { op: "replace", path: walFile, data: text }
    : { op: "append", path: walFile, data: text, sync: true };
  wal.writing = { ask: step.device("disk", request), request, write };
}

/** The record of what must be known of a replica besides its log: for whom it voted, so that it does not vote twice. */
export function hardStateText({ term, commitIndex, vote }: RaftWrite["hardState"]): string {
  return `H ${term} ${commitIndex} ${vote}`;
}

/** Takes note that there was no room for the write that is under way. */
export function refuseWrite(wal: Wal): void {
  wal.refused = wal.writing;
  wal.writing = undefined;
}

/** Tries the write again that found no room. */
export function retryWrite(wal: Wal, step: Step): void {
  const { refused } = wal;
  if (!refused) return;
  wal.refused = undefined;
  wal.writing = { ...refused, ask: step.device("disk", refused.request) };
}

/** Whether the refused write has nothing of clients in it: terms, votes, and the entries with which leaders begin. */
export function isControl({ refused }: Wal): boolean {
  return refused?.write.entries.every((entry) => isChangeEntry(entry) || isBegin(commandText(entry))) ?? true;
}
