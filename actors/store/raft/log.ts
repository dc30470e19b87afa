import type { Entry } from "./entry.ts";

/** The part of the log that is in memory: what follows a snapshot. */
export interface RaftLog {
  /** The last entry that is no longer here, and its term. */
  snapshotIndex: number;
  snapshotTerm: number;
  readonly entries: Entry[];
  /** The first entry that was not yet given to the disk. */
  unstableFrom: number;
  /** Characters in the entries. */
  length: number;
}

/** The place of a log's end: what elections compare. */
export interface LogEnd {
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/** Makes a log that follows a snapshot (0 and 0: there is none), with entries that are durable. */
export function createLog(snapshotIndex: number, snapshotTerm: number, entries: Entry[] = []): RaftLog {
  const unstableFrom = snapshotIndex + entries.length + 1;
  return { snapshotIndex, snapshotTerm, entries, unstableFrom, length: lengthOf(entries) };
}

/** The index of the last entry. */
export function lastIndex(log: RaftLog): number {
  return log.snapshotIndex + log.entries.length;
}

/** The term of the last entry. */
export function lastTerm(log: RaftLog): number {
  return log.entries.at(-1)?.term ?? log.snapshotTerm;
}

/** An entry's term; undefined when it is not there, or not there any more. */
export function termAt(log: RaftLog, index: number): number | undefined {
  return index === log.snapshotIndex ? log.snapshotTerm : entryAt(log, index)?.term;
}

/** An entry, when it is in memory. */
export function entryAt(log: RaftLog, index: number): Entry | undefined {
  return index > log.snapshotIndex ? log.entries[index - log.snapshotIndex - 1] : undefined;
}

/** The entries from an index on, at most `max.count` of them and, beyond the first, `max.length` characters. */
export function entriesFrom(
  log: RaftLog,
  index: number,
  max: { readonly count: number; readonly length: number },
): Entry[] {
  const found: Entry[] = [];
  let length = 0;
  for (let i = index - log.snapshotIndex - 1; i < log.entries.length && found.length < max.count; i++) {
    const entry = log.entries[i] as Entry;
    length += entry.record.length;
    if (found.length > 0 && length > max.length) break;
    found.push(entry);
  }
  return found;
}

/** The entries from one index to another, both included. */
export function entriesBetween(log: RaftLog, from: number, to: number): Entry[] {
  return log.entries.slice(Math.max(0, from - log.snapshotIndex - 1), to - log.snapshotIndex);
}

/** Adds an entry at the end. */
export function append(log: RaftLog, entry: Entry): void {
  log.entries.push(entry);
  log.length += entry.record.length;
}

/** Takes out an entry and all that follow it: a new leader has others in their place. */
export function truncateFrom(log: RaftLog, index: number): void {
  log.length -= lengthOf(log.entries.splice(Math.max(0, index - log.snapshotIndex - 1)));
  log.unstableFrom = Math.min(log.unstableFrom, index);
}

/** Forgets the entries up to and including an index. */
export function forgetTo(log: RaftLog, index: number): void {
  const term = termAt(log, index);
  if (term === undefined || index <= log.snapshotIndex) return;
  log.length -= lengthOf(log.entries.splice(0, index - log.snapshotIndex));
  log.snapshotIndex = index;
  log.snapshotTerm = term;
  log.unstableFrom = Math.max(log.unstableFrom, index + 1);
}

/** Starts anew after a snapshot that came from the leader; what follows it in this log stays only if it matches. */
export function resetTo(log: RaftLog, index: number, term: number): void {
  if (termAt(log, index) === term) {
    forgetTo(log, index);
    return;
  }
  log.entries.length = 0;
  log.length = 0;
  log.snapshotIndex = index;
  log.snapshotTerm = term;
  log.unstableFrom = index + 1;
}

/** Whether a log that ends there has at least what this log has: the rule for votes of the Raft paper, 5.4.1. */
export function isUpToDate(log: RaftLog, end: LogEnd): boolean {
  const term = lastTerm(log);
  return end.lastTerm > term || (end.lastTerm === term && end.lastIndex >= lastIndex(log));
}

/**
 * The last entry that may match one of `term` at `index` in another log: all terms in between are skipped at once.
 */
export function findConflict(log: RaftLog, index: number, term: number): { index: number; term: number } {
  let at = Math.min(index, lastIndex(log));
  while (at > log.snapshotIndex && (termAt(log, at) ?? 0) > term) at--;
  return { index: at, term: termAt(log, at) ?? 0 };
}

/** The last entry of those that go when no more than `lengthMax` characters are to stay. */
export function excessIndex(log: RaftLog, lengthMax: number): number {
  let [at, left] = [0, log.length];
  while (left > lengthMax) left -= log.entries[at++]?.record.length ?? left;
  return log.snapshotIndex + at;
}

function lengthOf(entries: readonly Entry[]): number {
  let length = 0;
  for (const { record } of entries) length += record.length;
  return length;
}
