import type { Step } from "../../../runtime/mod.ts";
import type { StoreData } from "../data.ts";
import type { RaftMessage } from "../raft/messages.ts";
import type { RaftMail } from "../raft/raft.ts";
import { onSnapshot } from "./install.ts";
import { onSnapshotAnswer } from "./send.ts";

/** Goes on with a snapshot: a part of the leader's, or a follower's answer to one. */
export function onSnapshotMail(data: StoreData, { from, body }: RaftMail<RaftMessage>, step: Step): void {
  if (body.type === "raft.snapshot") onSnapshot(data, from, { message: body, step });
  else if (body.type === "raft.snapshot.ok") onSnapshotAnswer(data, from, { answer: body, step });
}
