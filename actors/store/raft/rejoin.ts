import type { Address } from "../../../runtime/mod.ts";
import { createEntry } from "./entry.ts";
import { lastIndex } from "./log.ts";
import type { Rejoin } from "./messages.ts";
import { type Progress, toProbe } from "./progress.ts";
import { appendOwn, type Raft, send } from "./raft.ts";

/**
 * How a replica comes back that has lost its disk, or part of it. It does not know for whom it has voted and what it has
 * acknowledged, so it neither votes nor counts until a leader has committed an entry, made after it asked, on a majority
 * of others: its *welcome*. Once it has everything up to its welcome it is a voter again, for then
 *
 * - whatever it had helped to commit lies before the welcome: it has it again;
 * - a candidate that still collects the votes of its former life has no entry that new, so that somebody of the majority
 *   refuses it: no term gets two leaders by a vote given twice.
 *
 * Lives, not addresses, are counted out and in, as what the former life said may still be under way.
 */
export function countOut(raft: Raft, progress: Progress, life: string): void {
  if (progress.rejoining?.life === life) return;
  appendOwn(raft, createEntry(lastIndex(raft.log) + 1, raft.term, "N"));
  progress.rejoining = { life, welcomeIndex: lastIndex(raft.log) };
  progress.match = 0;
  // The welcome itself finds out where the logs match.
  toProbe(progress, lastIndex(raft.log));
}

/** Takes the wish of a replica to come back. */
export function onRejoin(raft: Raft, from: Address, { term, life }: Rejoin): void {
  const progress = raft.progress.get(from);
  if (raft.role !== "leader" || term !== raft.term || !progress) return;
  countOut(raft, progress, life);
  welcome(raft, from, progress);
}

/** Tells a replica that its welcome is committed; told until it says that it is back. */
export function welcome(raft: Raft, peer: Address, { rejoining }: Progress): void {
  if (!rejoining || rejoining.welcomeIndex > raft.commitIndex) return;
  const { life, welcomeIndex } = rejoining;
  send(raft, peer, { type: "raft.rejoin.ok", term: raft.term, life, welcomeIndex });
}
