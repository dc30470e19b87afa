import type { Address } from "../../../runtime/mod.ts";
import { isVoter } from "./configuration.ts";
import { campaignForTransfer } from "./election.ts";
import { lastIndex } from "./log.ts";
import type { TimeoutNow } from "./messages.ts";
import { becomeFollower, type Moment, type Raft, type RaftMail, send } from "./raft.ts";
import type { Refusal, TransferRequest } from "./requests.ts";

/**
 * Hands leadership over (Ongaro's thesis, 3.10): while the leader takes no proposals the next one gets the whole log,
 * and is then told to stand for election at once. What is not done within an election timeout is given up.
 */
export function transfer(raft: Raft, { to }: TransferRequest, moment: Moment): Refusal | undefined {
  if (raft.role !== "leader") return { why: raft.leader === "" ? "no leader is known" : `${raft.leader} leads` };
  if (to === raft.self) return { why: `${to} leads already` };
  if (!isVoter(raft.configuration, to)) return { why: `${to} is no voter` };
  if (raft.progress.get(to)?.rejoining) return { why: `${to} has lost its disk and is being rebuilt` };
  raft.transfer = { to, untilMs: moment.uptimeMs + raft.electionMs };
  handOver(raft, to);
  return undefined;
}

/** Tells the next leader to stand for election, once it has everything. */
export function handOver(raft: Raft, to: Address): void {
  if (raft.transfer?.to !== to || raft.progress.get(to)?.match !== lastIndex(raft.log)) return;
  send(raft, to, { type: "raft.timeoutNow", term: raft.term });
}

/** Stands for election: the leader of this term wants to be followed by this replica. */
export function onTimeoutNow(raft: Raft, { body: { term } }: RaftMail<TimeoutNow>, moment: Moment): void {
  if (term < raft.term) return;
  if (term > raft.term) becomeFollower(raft, term, "");
  if (raft.role === "follower") campaignForTransfer(raft, moment);
}
