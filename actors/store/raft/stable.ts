import { countOwnVote } from "./election.ts";
import { advanceCommit } from "./lead.ts";
import { entriesBetween, lastIndex } from "./log.ts";
import { type Moment, type Raft, releaseGated } from "./raft.ts";
import type { Write } from "./write.ts";

/** Gives out what is not yet given to the disk, one write after the other: what comes meanwhile goes into the next. */
export function takeWrite(raft: Raft): Write | undefined {
  const { log, changes, rewrite, term, vote, commitIndex } = raft;
  if (raft.writing || (raft.stableChanges >= changes && !rewrite)) return undefined;
  const last = lastIndex(log);
  const entries = entriesBetween(log, rewrite ? rewrite.index + 1 : log.unstableFrom, last);
  log.unstableFrom = last + 1;
  raft.rewrite = undefined;
  raft.writing = { change: changes, after: rewrite, entries, lastIndex: last, hardState: { term, vote, commitIndex } };
  return raft.writing;
}

/** Takes note that a write is done: acknowledgements go out, the own vote and the own entries count. */
export function stabilized(raft: Raft, write: Write, moment: Moment): void {
  raft.writing = undefined;
  // Entries that gave way meanwhile are to be written again.
  raft.stableIndex = Math.min(write.lastIndex, raft.log.unstableFrom - 1);
  releaseGated(raft, write.change);
  countOwnVote(raft, moment);
  advanceCommit(raft);
}
