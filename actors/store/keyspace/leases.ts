import type { KeyValue, LeaseId, LeaseState } from "../messages.ts";

/**
 * The leases of a keyspace. They are part of the replicated state, and so is the clock that they end by: a leader that
 * has leases says from time to time, as a command, how far the clock has come, so that all replicas end a lease at the
 * same entry. Only time that a leader has measured while it led counts: between two leaders the clock stands still, and a
 * lease never ends early by a change of leaders.
 */
export interface Leases {
  /** Milliseconds that leaders have measured. */
  clockMs: number;
  readonly byId: Map<LeaseId, Lease>;
}

/** One lease. */
export interface Lease {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  /** On the clock. */
  endsMs: number;
  readonly keys: Set<string>;
}

/**
 * The furthest that one command moves the clock. What a leader has measured since the last one may be more, when it or
 * the disk was slow; what is left out makes leases longer, and each of them is longer by this much anyhow, for the clock
 * may be so much behind when it begins.
 */
export const clockStepMsMax = 1_000;

/** No leases. */
export function createLeases(): Leases {
  return { clockMs: 0, byId: new Map() };
}

/** Adds a lease, or begins one anew. */
export function beginLease(
  leases: Leases,
  { id, ttlSeconds, keys = new Set() }: Pick<Lease, "id" | "ttlSeconds"> & Partial<Lease>,
): void {
  const endsMs = leases.clockMs + ttlSeconds * 1_000 + clockStepMsMax;
  leases.byId.set(id, { id, ttlSeconds, endsMs, keys });
}

/** Moves the clock, by no more than a step; which leases end by that, the earliest first. */
export function moveClock(leases: Leases, clockMs: number): readonly Lease[] {
  leases.clockMs = Math.max(leases.clockMs, Math.min(clockMs, leases.clockMs + clockStepMsMax));
  return inOrder(leases).filter(({ endsMs }) => endsMs <= leases.clockMs);
}

/** All leases, those that end first first. */
function inOrder({ byId }: Leases): readonly Lease[] {
  return [...byId.values()].sort((a, b) => a.endsMs - b.endsMs || (a.id < b.id ? -1 : 1));
}

/** Ties a key to the lease of its new version, and frees it from that of the one before. */
export function tie({ byId }: Leases, kv: KeyValue, previous: KeyValue | undefined): void {
  if (previous?.lease !== undefined && previous.lease !== kv.lease) byId.get(previous.lease)?.keys.delete(kv.key);
  if (kv.lease !== undefined) byId.get(kv.lease)?.keys.add(kv.key);
}

/** The keys of a lease, in order: all replicas let go of them in the same. */
export function keysOf({ keys }: Lease): readonly string[] {
  return [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Leases as they are told: all, or one. */
export function leaseStates(leases: Leases, id: LeaseId | undefined): readonly LeaseState[] {
  return inOrder(leases)
    .filter((lease) => id === undefined || lease.id === id)
    .map((lease) => ({
      id: lease.id,
      grantedSeconds: lease.ttlSeconds,
      ttlSeconds: Math.max(0, Math.floor((lease.endsMs - clockStepMsMax - leases.clockMs) / 1_000)),
      keys: keysOf(lease),
    }));
}
