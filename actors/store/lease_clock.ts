import type { Step } from "../../runtime/mod.ts";
import { askRaft } from "./ask_raft.ts";
import type { StoreData } from "./data.ts";
import { encodeCommand } from "./keyspace/command.ts";
import { clockStepMsMax } from "./keyspace/leases.ts";
import { hasCommittedInTerm, mayPropose } from "./raft/view.ts";

/** How a leader keeps the clock by which leases end: see `Leases`. */
export interface LeaseClock {
  /** The term in which it is kept; 0 while it is not. */
  readonly term: number;
  /** What was measured before is on the clock, or is not counted; in uptime. */
  readonly sinceMs: number;
  /** What was proposed and is not applied yet. */
  readonly proposed: { readonly clockMs: number; readonly atMs: number } | undefined;
}

/** The timer that moves the clock on. */
export const leaseClockTimer = "clock";

const everyMs = 500;

/** Nobody keeps the clock here. */
export function createLeaseClock(): LeaseClock {
  return { term: 0, sinceMs: 0, proposed: undefined };
}

/** Begins to keep the clock where this replica leads and there are leases, and ends it where not. */
export function keepLeaseClock(data: StoreData, step: Step): void {
  const { raft, keyspace, leaseClock } = data;
  const isKeeper = raft.role === "leader" && keyspace.leases.byId.size > 0 && hasCommittedInTerm(raft);
  if (!isKeeper) {
    if (leaseClock.term !== 0) data.leaseClock = createLeaseClock();
    return;
  }
  const { proposed } = leaseClock;
  if (leaseClock.term !== raft.term) {
    data.leaseClock = { term: raft.term, sinceMs: step.uptimeMs, proposed: undefined };
    step.timer(leaseClockTimer, everyMs);
  } else if (proposed && keyspace.leases.clockMs >= proposed.clockMs) {
    data.leaseClock = { ...leaseClock, sinceMs: proposed.atMs, proposed: undefined };
  }
}

/** Says as a command how far the clock has come: one at a time. */
export function onLeaseClockDue(data: StoreData, step: Step): void {
  const { leaseClock, raft, keyspace } = data;
  if (leaseClock.term === 0 || leaseClock.term !== raft.term) return;
  step.timer(leaseClockTimer, everyMs);
  if (leaseClock.proposed || !mayPropose(raft)) return;
  const { uptimeMs } = step;
  const clockMs = keyspace.leases.clockMs + Math.min(clockStepMsMax, uptimeMs - leaseClock.sinceMs);
  data.leaseClock = { ...leaseClock, proposed: { clockMs, atMs: uptimeMs } };
  askRaft(data, { type: "propose", commands: [encodeCommand({ kind: "clock", clockMs })] }, step);
}
