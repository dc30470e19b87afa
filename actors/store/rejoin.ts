import type { AskId, Step } from "../../runtime/mod.ts";
import { askRaft } from "./ask_raft.ts";
import type { StoreData } from "./data.ts";
import { createWal } from "./log/wal.ts";
import { encodeMember, memberFile } from "./member.ts";
import { hasCaughtUp } from "./raft/view.ts";

/**
 * The way of a replica back among the members whose disk is lost, damaged, or another's. It asks whoever leads for its
 * welcome (`raft/rejoin.ts`) and touches nothing before it has it: that there is a welcome shows that a majority of
 * others is whole, and nothing here is needed. Then it clears its disk, follows until it has everything up to its
 * welcome, and writes down that it is a member.
 */
export interface Rejoin {
  readonly why: string;
  readonly stage: "asking" | "clearing" | "catchingUp" | "joining";
  /** What the disk was asked on the way. */
  readonly asks: Set<AskId>;
}

/** Begins the way back. */
export function startRejoin(data: StoreData, why: string, step: Step): void {
  step.log(
    `Cannot use the disk: ${why}; the replica does not vote until it is rebuilt from a whole majority of others`,
  );
  data.recovery = undefined;
  askRaft(data, { type: "rejoin" }, step);
  data.rejoin = { why, stage: "asking", asks: new Set() };
}

/** Goes on as Raft does: clears the disk when it is welcome, and joins when it has caught up. */
export function goOnRejoining(data: StoreData, step: Step): void {
  const { rejoin, raft, member } = data;
  if (rejoin?.stage === "asking" && raft.rejoin?.stage === "welcomed") {
    data.rejoin = { ...rejoin, stage: "clearing", asks: new Set([step.device("disk", { op: "list", path: "" })]) };
  } else if (rejoin?.stage === "catchingUp" && hasCaughtUp(raft)) {
    const ask = step.device("disk", { op: "replace", path: memberFile, data: encodeMember(member) });
    data.rejoin = { ...rejoin, stage: "joining", asks: new Set([ask]) };
  }
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
    askRaft(data, { type: "rejoined" }, step);
    data.rejoin = undefined;
    return;
  }
  // No disk that is half cleared may pass for a member's.
  const paths = [memberFile, ...names.filter((name) => name !== memberFile)];
  if (names.length > 0) for (const path of paths) rejoin.asks.add(step.device("disk", { op: "remove", path }));
  if (rejoin.asks.size > 0) return;
  data.rejoin = { ...rejoin, stage: "catchingUp" };
  askRaft(data, { type: "cleared" }, step);
  data.wal = createWal(0);
}
