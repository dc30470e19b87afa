import type { Address } from "../../../runtime/mod.ts";
import { type Configuration, everyone, isLearner, isVoter, noConfiguration, votersOnly } from "./configuration.ts";
import { changed } from "./configuration_change.ts";
import { changeOf, isChangeEntry } from "./entry.ts";
import type { RaftLog } from "./log.ts";
import type { Raft, Role } from "./raft.ts";

/** What an observer may see of one replica: enough to judge Raft's promises. A `Raft` is one. */
export interface RaftView {
  readonly self: Address;
  readonly term: number;
  readonly role: "follower" | "preCandidate" | "candidate" | "leader";
  readonly commitIndex: number;
  readonly log: {
    readonly snapshotIndex: number;
    readonly entries: readonly { readonly index: number; readonly term: number; readonly record: string }[];
  };
}

/** What a replica is to others: who has no vote is a learner, as long as it is in the group or not yet. */
export function roleOf({ role, configuration, self }: Raft): Role | "learner" {
  if (role !== "follower" || isVoter(configuration, self)) return role;
  return isLearner(configuration, self) || configuration.voters.length === 0 ? "learner" : role;
}

/** Whether it was a member and is none any more: nobody tells it anything again. */
export function isRemoved({ configuration, self, rejoin }: Raft): boolean {
  return rejoin === undefined && configuration.voters.length > 0 && !everyone(configuration).includes(self);
}

/** Whether commands would be taken now, here or by the leader that is known. */
export function mayPropose({ leader, transfer }: Raft): boolean {
  return leader !== "" && transfer === undefined;
}

/** Whether this leader knows what was committed before its term. */
export function hasCommittedInTerm(raft: Raft): boolean {
  return raft.commitIndex >= raft.termStartIndex;
}

/** A leader's: whether a replica counts, and has said something since the last count of who lives. */
export function isStarted({ progress, self, electionMs, electionDeadlineMs }: Raft, id: Address): boolean {
  const known = progress.get(id);
  if (!known) return id === self;
  return !known.rejoining && known.heardMs >= electionDeadlineMs - 2 * electionMs;
}

/** A leader's: whether a replica has almost all of the log (etcd's nine tenths), and its life counts. */
export function isInStep({ progress, commitIndex }: Raft, id: Address): boolean {
  const known = progress.get(id);
  return known !== undefined && !known.rejoining && known.match >= 0.9 * commitIndex;
}

/** Whether everything up to the welcome is durable and known to be committed. */
export function hasCaughtUp({ rejoin: way, stableIndex, commitIndex, rewrite }: Raft): boolean {
  return way?.stage === "catchingUp" && !rewrite && Math.min(stableIndex, commitIndex) >= way.welcomeIndex;
}

/** Where a group begins that a log tells of. */
export interface GroupBefore {
  /** What a snapshot says. Absent: the log tells all. */
  readonly configuration: Configuration | undefined;
  /** Who a log of before logs told that is of. */
  readonly founders: readonly Address[];
}

/** Who a group is made of after all changes of a log, committed or not. */
export function groupAfter({ entries }: RaftLog, { configuration, founders }: GroupBefore): Configuration {
  let group = configuration ?? noConfiguration;
  for (const entry of entries) {
    if (isChangeEntry(entry)) {
      const after = changed(group, changeOf(entry));
      if (after.ok) group = after.configuration;
    } else if (group.voters.length === 0) group = votersOnly(founders);
  }
  return group.voters.length === 0 ? votersOnly(founders) : group;
}
