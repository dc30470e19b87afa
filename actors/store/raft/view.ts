import type { Address } from "../../../runtime/mod.ts";
import { isLearner, isVoter } from "./configuration.ts";
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

/** Whether commands would be taken now, here or by the leader that is known. */
export function mayPropose({ leader, transfer }: Raft): boolean {
  return leader !== "" && transfer === undefined;
}

/** Whether this leader knows what was committed before its term. */
export function hasCommittedInTerm(raft: Raft): boolean {
  return raft.commitIndex >= raft.termStartIndex;
}

/** Whether everything up to the welcome is durable and known to be committed. */
export function hasCaughtUp({ rejoin: way, stableIndex, commitIndex, rewrite }: Raft): boolean {
  return way?.stage === "catchingUp" && !rewrite && Math.min(stableIndex, commitIndex) >= way.welcomeIndex;
}
