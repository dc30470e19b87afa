import type { Address } from "../../../runtime/mod.ts";
import { createEntry } from "./entry.ts";
import { lastIndex, termAt } from "./log.ts";
import type { Propose } from "./messages.ts";
import { committedIndex, isQuorum } from "./quorum.ts";
import {
  appendOwn,
  becomeFollower,
  commitTo,
  type Moment,
  type Raft,
  type RaftMail,
  resetElection,
  send,
} from "./raft.ts";
import { heartbeat } from "./read_index.ts";
import type { ProposeRequest, Refusal } from "./requests.ts";
import { createSequenceWindow, firstSeen } from "./sequence_window.ts";

/** Adds commands to the log, or forwards them to whoever leads. */
export function propose(raft: Raft, { commands }: ProposeRequest): Refusal | undefined {
  if (raft.leader === "") return { why: "no leader is known" };
  if (raft.transfer) return { why: `leadership is being handed over to ${raft.transfer.to}` };
  if (raft.role === "leader") {
    addCommands(raft, commands);
    return undefined;
  }
  if (raft.forwarded.term !== raft.term) raft.forwarded = { term: raft.term, sequence: 0 };
  const sequence = ++raft.forwarded.sequence;
  send(raft, raft.leader, { type: "raft.propose", term: raft.term, life: raft.life, sequence, commands });
  return undefined;
}

/** Adds what a follower forwards; a forward that the network doubled is added once. */
export function onPropose(raft: Raft, { from, body }: RaftMail<Propose>): void {
  const { term, life, sequence, commands } = body;
  if (term !== raft.term || raft.role !== "leader" || raft.transfer) return;
  const sender = `${from} ${life}`;
  let window = raft.forwards.get(sender);
  if (!window) {
    window = createSequenceWindow();
    raft.forwards.set(sender, window);
  }
  if (firstSeen(window, sequence)) addCommands(raft, commands);
}

function addCommands(raft: Raft, commands: readonly string[]) {
  for (const command of commands) appendOwn(raft, createEntry(lastIndex(raft.log) + 1, raft.term, command));
}

/** Counts what is durable here, and what a quorum has: only entries of the own term, as 5.4.2 of the paper says. */
export function advanceCommit(raft: Raft): void {
  if (raft.role !== "leader") return;
  const index = committedIndex(raft.configuration, (id) => {
    if (id === raft.self) return raft.stableIndex;
    const progress = raft.progress.get(id);
    return progress && !progress.rejoining ? progress.match : 0;
  });
  if (index > raft.commitIndex && termAt(raft.log, index) === raft.term) commitTo(raft, index);
}

/** What a leader does as time goes by: it says that it lives, and looks whether it still leads. */
export function tickLeader(raft: Raft, moment: Moment): void {
  const { uptimeMs } = moment;
  if (raft.transfer && uptimeMs >= raft.transfer.untilMs) raft.transfer = undefined;
  if (uptimeMs >= raft.electionDeadlineMs) checkQuorum(raft, moment);
  if (raft.role !== "leader" || uptimeMs < raft.heartbeatDueMs) return;
  heartbeat(raft);
  raft.heartbeatDueMs = uptimeMs + raft.heartbeatMs;
}

/** Once an election timeout a leader counts those it heard; without a quorum it leads nobody. */
function checkQuorum(raft: Raft, moment: Moment): void {
  const { uptimeMs } = moment;
  const isActive = (id: Address) => {
    const progress = raft.progress.get(id);
    return progress ? !progress.rejoining && uptimeMs - progress.heardMs < raft.electionMs : id === raft.self;
  };
  resetElection(raft, moment);
  if (isQuorum(raft.configuration, isActive)) raft.electionDeadlineMs = uptimeMs + raft.electionMs;
  else becomeFollower(raft, raft.term, "");
}
