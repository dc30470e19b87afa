import { countOwnVote } from "./election.ts";
import { advanceCommit } from "./lead.ts";
import { lastIndex } from "./log.ts";
import { type Raft, releaseGated } from "./raft.ts";

/** What must be written: the entries in [from, to], and term and vote when they changed. */
export interface Unstable {
  readonly change: number;
  readonly from: number;
  readonly to: number;
}

/** What is not yet given to the disk; the log takes it as given from now on. */
export function takeUnstable(raft: Raft): Unstable {
  const { log, changes } = raft;
  const unstable = { change: changes, from: log.unstableFrom, to: lastIndex(log) };
  log.unstableFrom = unstable.to + 1;
  return unstable;
}

/** Takes note that something is durable: acknowledgements go out, the own vote and the own entries count. */
export function stabilized(raft: Raft, { change, to }: Unstable): void {
  raft.stableIndex = Math.min(to, lastIndex(raft.log));
  releaseGated(raft, change);
  countOwnVote(raft);
  advanceCommit(raft);
}
