import { advanceCommit } from "./lead.ts";
import type { Heartbeat, Rejoin, RejoinAnswer, Rejoined } from "./messages.ts";
import { type Moment, type Raft, type RaftMail, send } from "./raft.ts";
import type { RejoinRequest } from "./requests.ts";
import { countOut, heard, welcome } from "./welcome.ts";

/**
 * How a replica comes back that has lost its disk, or part of it. It does not know for whom it has voted and what it has
 * acknowledged, so it neither votes nor counts until a leader has committed an entry, made after it asked, on a quorum
 * of others: its *welcome*. Once it has everything up to its welcome it is a voter again, for then
 *
 * - whatever it had helped to commit lies before the welcome: it has it again;
 * - a candidate that still collects the votes of its former life has no entry that new, so that somebody of the quorum
 *   refuses it: no term gets two leaders by a vote given twice.
 *
 * Lives, not addresses, are counted out and in, as what the former life said may still be under way. A replica that was
 * never there before comes the same way: it has nothing to lose.
 */

/** Takes the wish of a replica to come back. */
export function onRejoin(raft: Raft, { from, body: { term, life } }: RaftMail<Rejoin>): void {
  const progress = raft.progress.get(from);
  if (raft.role !== "leader" || term !== raft.term || !progress) return;
  countOut(raft, progress, life);
  welcome(raft, from, progress);
}

/** Counts a replica in again that has its welcome and all before it. */
export function onRejoined(raft: Raft, mail: RaftMail<Rejoined>, moment: Moment): void {
  const progress = heard(raft, mail, moment);
  if (progress?.rejoining?.life !== mail.body.life) return;
  progress.rejoining = undefined;
  advanceCommit(raft);
}

/** Begins and ends the own way back: it touches nothing before it is welcome, and then begins with an empty disk. */
export function rejoin(raft: Raft, { type }: RejoinRequest): void {
  if (type === "rejoin") raft.rejoin = { stage: "asking", welcomeIndex: 0 };
  else if (type === "rejoined") raft.rejoin = undefined;
  else if (raft.rejoin) {
    raft.rejoin = { ...raft.rejoin, stage: "catchingUp" };
    raft.rewrite = { index: 0, term: 0 };
  }
}

/** Asks whoever says that it leads. */
export function askToRejoin(raft: Raft, { from, body: { term } }: RaftMail<Heartbeat>): void {
  send(raft, from, { type: "raft.rejoin", term, life: raft.life });
}

/**
 * Takes the own welcome. A member may be told of that of a former life, or of its own that it has had: it says that it
 * is back.
 */
export function onWelcome(raft: Raft, { from, body: { life, welcomeIndex } }: RaftMail<RejoinAnswer>): void {
  if (!raft.rejoin) send(raft, from, { type: "raft.rejoined", term: raft.term, life });
  else if (raft.rejoin.stage === "asking" && life === raft.life) raft.rejoin = { stage: "welcomed", welcomeIndex };
}
