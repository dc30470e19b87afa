import type { Step } from "../../runtime/mod.ts";
import { formatMicroTime } from "../api/time.ts";
import type { Frozen, Lease, LeaseSpec } from "../api/types.ts";
import type { ApiClient } from "./api_client.ts";
import type { Kind } from "./api_request.ts";
import type { Outcome } from "./outcome.ts";

/** What a candidate needs. Give it a client of its own, named `election`: its timers are `timer.election.`. */
export interface LeaderElectionOptions {
  readonly client: ApiClient;
  readonly kind: Kind<Lease>;
  readonly namespace: string;
  /** The name of the Lease. */
  readonly name: string;
  /** Who this candidate is; no two may share it. */
  readonly identity: string;
  /** How long others wait after the last renewal that they saw. Default 15,000. */
  readonly leaseMs?: number;
  /** A leader that could not renew for so long gives up. Default 10,000. */
  readonly renewDeadlineMs?: number;
  /** Between two tries. Default 2,000. */
  readonly retryMs?: number;
  /** Leadership has begun or ended. */
  readonly changed?: (leads: boolean, step: Step) => void;
  /** The lease was renewed; also called when leadership begins, after `changed`. */
  readonly renewed?: (step: Step) => void;
}

/** A candidate for a Lease. */
export interface LeaderElection {
  start(step: Step): void;
  /** Ends the candidacy, and gives the lease back if it is held, so that another need not wait for it to run out. */
  stop(step: Step): void;
  /** Whether this candidate leads, as far as it knows: it has renewed the lease within the deadline. */
  leads(step: Step): boolean;
  /** Whether it was told that it leads and not that it no longer does. */
  leading(): boolean;
  /** Until when, on this actor's `uptimeMs`, it may act as leader. */
  leadsUntilMs(): number;
  /** Who leads, as last seen. */
  leader(): string;
}

/**
 * Makes a candidate that follows client-go's leader election: the lease counts from when this candidate saw it
 * renewed, by its own clock, so that clocks need not agree; only their rates must not differ too much.
 */
export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  const { client, kind, namespace, name, identity, changed, renewed } = options;
  const { leaseMs = 15_000, renewDeadlineMs = 10_000, retryMs = 2_000 } = options;
  // Half, so that a server that does not answer leaves time to ask another one.
  const timeoutMs = Math.ceil(renewDeadlineMs / 2);
  let active = false;
  let leading = false;
  let observed: Frozen<Lease> | undefined;
  let observedAtMs = 0;
  let renewedAtMs = 0;
  // Tries follow each other: an answer that is slow is waited for, not overtaken.
  let busy = false;
  let epoch = 0;

  function observe(lease: Frozen<Lease>, atMs: number) {
    // Only a change shows that the holder lives: the same record seen again does not.
    if (observed?.metadata.resourceVersion !== lease.metadata.resourceVersion) observedAtMs = atMs;
    observed = lease;
  }

  function attempt(step: Step) {
    const delayMs = Math.round(retryMs * (1 + 0.2 * step.float()));
    client.timers.set(step, { name: "retry-lease", delayMs, body: attempt });
    if (busy) return;
    busy = true;
    // What this leader wrote last is most likely still there: one request instead of two.
    if (leading && observed) write(step, { lease: observed, orElse: look });
    else look(step);
  }

  /** Wraps what is done with an answer: one to an earlier candidacy is for nobody. */
  function mine<T>(body: (outcome: Outcome<T>, step: Step) => void): (outcome: Outcome<T>, step: Step) => void {
    const started = epoch;
    return (outcome, step) => {
      if (started !== epoch) return;
      busy = false;
      body(outcome, step);
    };
  }

  function look(step: Step) {
    busy = true;
    const found = mine<Frozen<Lease>>((outcome, later) => {
      if (outcome.ok) judge(later, outcome.value);
      else if (outcome.failure.code === 404) create(later);
    });
    client.get(step, { kind, namespace, name, urgent: true, timeoutMs }, found);
  }

  function judge(step: Step, lease: Frozen<Lease>) {
    observe(lease, step.uptimeMs);
    const holder = lease.spec.holderIdentity ?? "";
    if (holder === "" || holder === identity || step.uptimeMs >= observedAtMs + leaseMs) return write(step, { lease });
    if (leading) end(step);
  }

  function write(step: Step, { lease, orElse }: { lease: Frozen<Lease>; orElse?: (step: Step) => void }) {
    busy = true;
    const startedAtMs = step.uptimeMs;
    const object = { ...lease, spec: claim(step, lease.spec) } as Lease;
    const written = mine<Frozen<Lease>>((outcome, later) => {
      if (outcome.ok) won(later, outcome.value, startedAtMs);
      else orElse?.(later);
    });
    client.update<Lease>(step, { kind, object, urgent: true, timeoutMs }, written);
  }

  function create(step: Step) {
    busy = true;
    const startedAtMs = step.uptimeMs;
    const object: Lease = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name, namespace },
      spec: claim(step, undefined),
    };
    const created = mine<Frozen<Lease>>((outcome, later) => {
      if (outcome.ok) won(later, outcome.value, startedAtMs);
    });
    client.create<Lease>(step, { kind, namespace, object, urgent: true, timeoutMs }, created);
  }

  function claim(step: Step, previous: Frozen<LeaseSpec> | undefined): LeaseSpec {
    const now = formatMicroTime(step.nowMs);
    const same = previous?.holderIdentity === identity;
    return {
      ...(previous as LeaseSpec | undefined),
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseMs / 1000),
      acquireTime: same ? (previous?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: previous === undefined ? 0 : (previous.leaseTransitions ?? 0) + (same ? 0 : 1),
    };
  }

  function won(step: Step, lease: Frozen<Lease>, startedAtMs: number) {
    observe(lease, step.uptimeMs);
    // From when it was asked for: others may have seen it that early.
    renewedAtMs = startedAtMs;
    client.timers.set(step, {
      name: "lost",
      delayMs: Math.max(0, startedAtMs + renewDeadlineMs - step.uptimeMs),
      body: lost,
    });
    if (step.uptimeMs >= startedAtMs + renewDeadlineMs) return;
    if (!leading) {
      leading = true;
      changed?.(true, step);
    }
    renewed?.(step);
  }

  function lost(step: Step) {
    if (leading && step.uptimeMs >= renewedAtMs + renewDeadlineMs) end(step);
  }

  function end(step: Step) {
    leading = false;
    client.timers.cancel(step, "lost");
    changed?.(false, step);
  }

  return {
    start(step) {
      if (active) return;
      active = true;
      busy = false;
      attempt(step);
    },
    stop(step) {
      if (!active) return;
      active = false;
      epoch++;
      client.timers.cancel(step, "retry-lease");
      client.timers.cancel(step, "lost");
      if (!leading) return;
      leading = false;
      if (observed) release(step, observed);
      changed?.(false, step);
    },
    leads: (step) => leading && step.uptimeMs < renewedAtMs + renewDeadlineMs,
    leading: () => leading,
    leadsUntilMs: () => (leading ? renewedAtMs + renewDeadlineMs : 0),
    leader: () => observed?.spec.holderIdentity ?? "",
  };

  function release(step: Step, lease: Frozen<Lease>) {
    const now = formatMicroTime(step.nowMs);
    const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
    client.update(step, { kind, object: { ...lease, spec } as Lease, urgent: true }, () => {});
  }
}
