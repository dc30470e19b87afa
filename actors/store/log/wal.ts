import type { AskId, Step } from "../../../runtime/mod.ts";
import { commandText } from "../raft/entry.ts";
import { entryAt } from "../raft/log.ts";
import type { Raft } from "../raft/raft.ts";
import { takeUnstable, type Unstable } from "../raft/stable.ts";
import { encodeRecord } from "./record.ts";

/**
 * The write-ahead log: records `E index term command` (an entry; one with an index that was there before replaces it
 * and all that followed), `H term commit vote` (hard state) and, first, `S index term` (what went before is in a
 * snapshot). At most one write is under way: what comes meanwhile goes into the next one.
 */
export interface Wal {
  writing: Write | undefined;
  /** The write that found no room on the disk: nothing is written before it is. */
  refused: Write | undefined;
  /** The next write starts the file anew behind this entry. */
  rotateAfter: { readonly index: number; readonly term: number } | undefined;
  /** The hard state as it was last written. */
  hardState: string;
  /** Characters in the file. */
  length: number;
}

/** A write of the log. */
interface Write {
  readonly ask: AskId;
  readonly request: object;
  readonly unstable: Unstable;
}

/** How the log is made to fail, in tests only. */
export interface WalDefects {
  readonly voteNotPersisted: boolean;
}

/** The file's name. */
export const walFile = "wal";

/** Makes a log whose file has so many characters. */
export function createWal(length: number): Wal {
  return { writing: undefined, refused: undefined, rotateAfter: undefined, hardState: "", length };
}

/** Writes what is not durable yet, unless a write is under way. */
export function startWrite(wal: Wal, raft: Raft, { step, defects }: { step: Step; defects: WalDefects }): void {
  if (wal.writing || wal.refused || (raft.stableChanges >= raft.changes && !wal.rotateAfter)) return;
  const unstable = takeUnstable(raft);
  const { rotateAfter } = wal;
  if (rotateAfter) wal.hardState = "";
  let text = rotateAfter ? encodeRecord(`S ${rotateAfter.index} ${rotateAfter.term}`) : "";
  const from = rotateAfter ? rotateAfter.index + 1 : unstable.from;
  for (let index = from; index <= unstable.to; index++) text += entryAt(raft.log, index)?.record ?? "";
  const hardState = `H ${raft.term} ${raft.commitIndex} ${defects.voteNotPersisted ? "" : raft.vote}`;
  if (hardState !== wal.hardState) text += encodeRecord(hardState);
  wal.hardState = hardState;
  wal.length = text.length + (rotateAfter ? 0 : wal.length);
  wal.rotateAfter = undefined;
  const request = rotateAfter
    ? { op: "replace", path: walFile, data: text }
    : { op: "append", path: walFile, data: text, sync: true };
  wal.writing = { ask: step.device("disk", request), request, unstable };
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
export function isControl({ refused }: Wal, { log }: Raft): boolean {
  for (let index = refused?.unstable.from ?? 0; index <= (refused?.unstable.to ?? 0); index++) {
    const entry = entryAt(log, index);
    if (entry && commandText(entry) !== "N") return false;
  }
  return true;
}
