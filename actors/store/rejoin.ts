import type { Address, AskId, Step } from "../../runtime/mod.ts";
import type { StoreData } from "./data.ts";
import { createWal } from "./log/wal.ts";
import { encodeMember, memberFile } from "./member.ts";
import type { RejoinAnswer } from "./raft/messages.ts";
import { send } from "./raft/raft.ts";

/**
 * The way of a replica back among the members whose disk is lost, damaged, or another's. It asks whoever leads for its
 * welcome (`raft/rejoin.ts`) and touches nothing before it has it: that there is a welcome shows that a majority of
 * others is whole, and nothing here is needed. Then it clears its disk, follows until it has everything up to its
 * welcome, and writes down that it is a member.
 */
export interface Rejoin {
  readonly why: string;
  readonly stage: "asking" | "clearing" | "catchingUp" | "joining";
  /** Undefined while it has none. */
  readonly welcomeIndex: number | undefined;
  /** What the disk was asked on the way. */
  readonly asks: Set<AskId>;
}

/** Begins the way back. */
export function startRejoin(data: StoreData, why: string, step: Step): void {
  step.log(
    `Cannot use the disk: ${why}; the replica does not vote until it is rebuilt from a whole majority of others`,
  );
  data.recovery = undefined;
  data.rejoin = { why, stage: "asking", welcomeIndex: undefined, asks: new Set() };
}

/** Asks whoever says that it leads. */
export function askToRejoin({ raft, life }: StoreData, from: Address, { term }: { readonly term: number }): void {
  send(raft, from, { type: "raft.rejoin", term, life });
}

/** Takes the welcome, when it is for this life. */
export function onWelcome(data: StoreData, { life, welcomeIndex }: RejoinAnswer, step: Step): void {
  if (data.rejoin?.stage !== "asking" || life !== data.life) return;
  const asks = new Set([step.device("disk", { op: "list", path: "" })]);
  data.rejoin = { ...data.rejoin, stage: "clearing", welcomeIndex, asks };
}

/** A member is told of the welcome of a former life, or of its own that it has had: it is back. */
export function tellRejoined({ raft }: StoreData, from: Address, { life }: RejoinAnswer): void {
  send(raft, from, { type: "raft.rejoined", term: raft.term, life });
}

/** Goes on when the disk has done what it was asked. */
export function onRejoinReply(
  data: StoreData,
  { ask, names }: { readonly ask: AskId; readonly names: readonly string[] },
  step: Step,
): void {
  const { rejoin } = data;
  rejoin?.asks.delete(ask);
  if (!rejoin) return;
  if (rejoin.stage === "joining") {
    data.raft.rejoining = "";
    data.rejoin = undefined;
    return;
  }
  // No disk that is half cleared may pass for a member's.
  const paths = [memberFile, ...names.filter((name) => name !== memberFile)];
  if (names.length > 0) for (const path of paths) rejoin.asks.add(step.device("disk", { op: "remove", path }));
  if (rejoin.asks.size > 0) return;
  data.rejoin = { ...rejoin, stage: "catchingUp" };
  data.raft.rejoining = data.life;
  data.wal = { ...createWal(0), rotateAfter: { index: 0, term: 0 } };
}

/** Whether all was cleared: now it may write. */
export function hasCleared({ rejoin }: StoreData): boolean {
  return rejoin?.stage === "catchingUp";
}

/** Writes down that it is a member, once everything up to its welcome is durable and known to be committed. */
export function joinWhenCaughtUp(data: StoreData, step: Step): void {
  const { rejoin, raft, member, wal } = data;
  if (rejoin?.stage !== "catchingUp" || rejoin.welcomeIndex === undefined) return;
  if (Math.min(raft.stableIndex, raft.commitIndex) < rejoin.welcomeIndex || wal.rotateAfter) return;
  const ask = step.device("disk", { op: "replace", path: memberFile, data: encodeMember(member) });
  data.rejoin = { ...rejoin, stage: "joining", asks: new Set([ask]) };
}
