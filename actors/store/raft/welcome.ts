import type { Address } from "../../../runtime/mod.ts";
import { createEntry } from "./entry.ts";
import { lastIndex } from "./log.ts";
import { type Progress, toProbe } from "./progress.ts";
import { appendOwn, becomeFollower, type Moment, type Raft, type RaftMail, send } from "./raft.ts";

/** Notes that a follower was heard; undefined when the answer is not one to this leader. */
export function heard(
  raft: Raft,
  { from, body: { term, rejoining } }: RaftMail<{ readonly term: number; readonly rejoining?: string }>,
  moment: Moment,
): Progress | undefined {
  if (raft.role !== "leader") return undefined;
  if (term > raft.term) becomeFollower(raft, term, "");
  const progress = raft.progress.get(from);
  if (term !== raft.term || !progress) return undefined;
  progress.heardMs = moment.uptimeMs;
  if (rejoining !== undefined) countOut(raft, progress, rejoining);
  return progress;
}

/** Counts a life out that has lost its disk, until it has everything up to its welcome: see `rejoin.ts`. */
export function countOut(raft: Raft, progress: Progress, life: string): void {
  if (progress.rejoining?.life === life) return;
  appendOwn(raft, createEntry(lastIndex(raft.log) + 1, raft.term, raft.beginCommand));
  progress.rejoining = { life, welcomeIndex: lastIndex(raft.log) };
  progress.match = 0;
  // The welcome itself finds out where the logs match.
  toProbe(progress, lastIndex(raft.log));
}

/** Tells a replica that its welcome is committed; told until it says that it is back. */
export function welcome(raft: Raft, peer: Address, { rejoining }: Progress): void {
  if (!rejoining || rejoining.welcomeIndex > raft.commitIndex) return;
  const { life, welcomeIndex } = rejoining;
  send(raft, peer, { type: "raft.rejoin.ok", term: raft.term, life, welcomeIndex });
}
