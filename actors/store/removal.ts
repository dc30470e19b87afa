import type { Step } from "../../runtime/mod.ts";
import type { StoreData } from "./data.ts";
import { everyone } from "./raft/configuration.ts";
import type { RaftMessage } from "./raft/messages.ts";
import type { RaftMail } from "./raft/raft.ts";
import { isRemoved } from "./raft/view.ts";

/**
 * What a member answers a replica that is none and asks for votes: the leader tells who was removed nothing any more, not
 * even the change that removed it, so that it cannot know.
 */
export interface StoreRemoved {
  readonly type: "store.removed";
}

/** Tells a stranger that asks for votes that the group goes on without it. */
export function tellStranger({ raft }: StoreData, { from, body }: RaftMail<RaftMessage>, step: Step): void {
  if (body.type !== "raft.preVote" || raft.leader === "" || everyone(raft.configuration).includes(from)) return;
  const removed: StoreRemoved = { type: "store.removed" };
  step.send(from, removed);
}

/** Notes that others say so; who is led again is a member again. */
export function onRemoved(data: StoreData): void {
  data.isToldRemoved = true;
}

/** Why a replica without a leader does nothing. */
export function whyLeaderless({ raft, isToldRemoved }: Pick<StoreData, "raft" | "isToldRemoved">): string {
  return isRemoved(raft) || isToldRemoved ? "this replica was removed from the group" : "no leader is known";
}
