import type { Step } from "../../runtime/mod.ts";
import type { Frozen, Node } from "../api/types.ts";

/** How a kube-proxy is, as it tells those who ask. */
export interface Health {
  /** When rules were last brought into force; undefined: not yet. */
  updated: Moment | undefined;
  /** Since when a change waits to be brought into force; undefined: none does. */
  pending: Moment | undefined;
  /** Nobody is about to take its node away. */
  isEligible: boolean;
  /** How often it was asked, by path and what it answered: `healthz 200`. */
  readonly answered: Map<string, number>;
}

/** A time by both clocks. */
export interface Moment {
  readonly nowMs: number;
  readonly uptimeMs: number;
}

/** The cluster autoscaler puts it on nodes that it is about to take away. */
const toBeDeletedTaint = "ToBeDeletedByClusterAutoscaler";
/** A change that waits for longer means that something is amiss: twice kube-proxy's period. */
const pendingMsMax = 60_000;

/** One that has just begun is well. */
export function newHealth(): Health {
  return { updated: undefined, pending: undefined, isEligible: true, answered: new Map() };
}

/** The moment of a step. */
export function momentOf({ nowMs, uptimeMs }: Step): Moment {
  return { nowMs, uptimeMs };
}

/** Rules are in force. */
export function noteUpdated(health: Health, step: Step): void {
  health.updated = momentOf(step);
  health.pending = undefined;
}

/** Something has changed that is not in force yet. */
export function noteQueued(health: Health, step: Step): void {
  health.pending ??= momentOf(step);
}

/** Looks whether load balancers should still send anything to the node. */
export function noteNodeHealth(health: Health, { metadata, spec }: Frozen<Node>): void {
  const isTainted = (spec.taints ?? []).some(({ key }) => key === toBeDeletedTaint);
  health.isEligible = metadata.deletionTimestamp === undefined && !isTainted;
}

/** Whether no change has waited for too long. */
export function isHealthy({ pending }: Health, { uptimeMs }: Moment): boolean {
  return pending === undefined || uptimeMs - pending.uptimeMs < pendingMsMax;
}
