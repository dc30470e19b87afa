import type { Address } from "../../../runtime/mod.ts";
import { obey } from "./follow.ts";
import { advanceCommit } from "./lead.ts";
import { resetTo } from "./log.ts";
import { use } from "./membership.ts";
import type { Snapshot, SnapshotAnswer } from "./messages.ts";
import { toProbe } from "./progress.ts";
import { commitTo, type Moment, type Raft, type RaftMail, send, sendWhenStable } from "./raft.ts";
import type {
  SnapshotBegunRequest,
  SnapshotFailedRequest,
  SnapshotRestoredRequest,
  SnapshotStoredRequest,
} from "./requests.ts";
import { heard } from "./welcome.ts";

/**
 * A follower that needs entries which its leader no longer has gets a snapshot instead. What is in it, and how its
 * parts travel, is the business of whoever keeps the snapshots: it finds parts and answers in `Ready.snapshotMail`, and
 * says what came of them. Here are the rules about terms, the log, and what the follower has when it is done.
 */
export function onSnapshot(raft: Raft, mail: RaftMail<Snapshot>, moment: Moment): void {
  const { from, body } = mail;
  if (!obey(raft, from, { term: body.term, moment })) return;
  const { index, part } = body;
  if (index > raft.commitIndex) raft.snapshotMail.push(mail);
  else send(raft, from, { type: "raft.snapshot.ok", term: raft.term, index, part, done: true });
}

/** Goes on from a snapshot once the follower has it in use. */
export function onSnapshotAnswer(raft: Raft, mail: RaftMail<SnapshotAnswer>, moment: Moment): void {
  const { index, done } = mail.body;
  const progress = heard(raft, mail, moment);
  if (progress?.state !== "snapshot" || progress.snapshotIndex !== index) return;
  raft.snapshotMail.push(mail);
  if (!done) return;
  progress.match = Math.max(progress.match, index);
  toProbe(progress, index + 1);
  advanceCommit(raft);
}

/** The followers that need one and get none, of those that were heard lately. */
export function wantingSnapshots({ role, progress, electionMs }: Raft, { uptimeMs }: Moment): readonly Address[] {
  if (role !== "leader") return nobody;
  let wanting = nobody;
  for (const [peer, { state, snapshotIndex, heardMs }] of progress) {
    if (state === "snapshot" && snapshotIndex === 0 && uptimeMs - heardMs < electionMs) wanting = [...wanting, peer];
  }
  return wanting;
}

const nobody: readonly Address[] = [];

/** Notes what is on its way to a follower. */
export function snapshotBegun(raft: Raft, { to, index }: SnapshotBegunRequest): void {
  const progress = raft.progress.get(to);
  if (progress?.state === "snapshot") progress.snapshotIndex = index;
}

/** Finds out anew what a follower needs. */
export function snapshotFailed(raft: Raft, { to }: SnapshotFailedRequest): void {
  const progress = raft.progress.get(to);
  if (progress?.state === "snapshot") toProbe(progress, progress.match + 1);
}

/** Answers that a part is on the disk. */
export function snapshotStored(raft: Raft, { to, index, part }: SnapshotStoredRequest): void {
  send(raft, to, { type: "raft.snapshot.ok", term: raft.term, index, part, done: false });
}

/** Goes on behind a leader's snapshot, which is acknowledged when the log that follows it is durable. */
export function snapshotRestored(raft: Raft, request: SnapshotRestoredRequest, moment: Moment): void {
  const { to, index, term, part, configuration } = request;
  if (index <= raft.commitIndex) return;
  resetTo(raft.log, index, term);
  commitTo(raft, index);
  raft.appliedIndex = index;
  raft.configuredIndex = index;
  use(raft, configuration, moment);
  raft.rewrite = { index, term };
  raft.changes++;
  sendWhenStable(raft, to, { type: "raft.snapshot.ok", term: raft.term, index, part, done: true });
}
