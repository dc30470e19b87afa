import type { LeaseAnswer, StoreError } from "../messages.ts";
import type { LeaseCommand } from "./command.ts";
import type { Keyspace } from "./keyspace.ts";
import { beginLease, keysOf, type Lease, moveClock } from "./leases.ts";
import { applyTxn, noLease } from "./txn.ts";

/** Carries out what is asked of a lease. */
export function changeLease(keyspace: Keyspace, command: LeaseCommand): LeaseAnswer | StoreError {
  const { action, lease: id } = command;
  const { leases } = keyspace;
  const lease = leases.byId.get(id);
  switch (action) {
    case "grant":
      if (lease) return { type: "store.error", code: "leaseExists", message: "etcdserver: lease already exists" };
      beginLease(leases, { id, ttlSeconds: command.ttlSeconds });
      return answer(keyspace, id, command.ttlSeconds);
    case "renew":
      // As etcd: who keeps a lease alive that is gone is told by a time to live of 0.
      if (lease) beginLease(leases, lease);
      return answer(keyspace, id, lease?.ttlSeconds ?? 0);
    case "revoke":
      if (!lease) return noLease();
      end(keyspace, lease);
      return answer(keyspace, id, 0);
  }
}

/** Moves the clock on, and ends what ends by that, a revision for each lease that has keys. */
export function moveOn(keyspace: Keyspace, clockMs: number): void {
  for (const lease of moveClock(keyspace.leases, clockMs)) end(keyspace, lease);
}

function end(keyspace: Keyspace, lease: Lease) {
  const success = keysOf(lease).map((key) => ({ op: "delete" as const, key }));
  if (success.length > 0) applyTxn(keyspace, { compare: [], success, failure: [] });
  keyspace.leases.byId.delete(lease.id);
}

function answer({ revision }: Keyspace, id: string, ttlSeconds: number): LeaseAnswer {
  return { type: "store.lease.ok", revision, id, ttlSeconds };
}
