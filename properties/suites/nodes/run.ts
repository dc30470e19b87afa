import type { SuiteRun } from "../../engine/suite.ts";
import type { ModelLapse } from "../model/messages.ts";

/** Users and kubelets are at work for so long, in virtual milliseconds; what a spell ends by then, it ends. */
export const workMsMax = 240_000;

/** A run of the loops that look after nodes, before a modelled API, as data: no kubelet is there, only what they say. */
export interface NodesRun extends SuiteRun {
  readonly suite: "nodes";
  /** The zone of each node; an empty one is none. */
  readonly zones: readonly string[];
  readonly pods: readonly NodePod[];
  readonly workload: readonly Spell[];
  readonly lapses: readonly ModelLapse[];
}

/** A pod that is bound from the beginning. */
export interface NodePod {
  readonly node: number;
  /** How long it bears a node that is not ready, or not heard of; `"ever"`: for ever. */
  readonly bearsSeconds: number | "ever";
}

/**
 * Something about a node for a while: nothing is heard of it; its kubelet says that it is not ready; it is deleted, and comes
 * again under its name; a user has closed it.
 */
export interface Spell {
  readonly atMs: number;
  readonly node: number;
  readonly what: "silent" | "notReady" | "gone" | "closed";
  /** Default: for ever. */
  readonly forMs?: number;
}

/** The name of a node. */
export const nodeNamed = (index: number): string => `node-${index}`;

/** Whether a spell is on at a time. */
export function isOn({ atMs, forMs = Number.POSITIVE_INFINITY }: Spell, nowMs: number): boolean {
  return atMs <= nowMs && nowMs < atMs + forMs;
}

/** A spell for people. */
export function describeSpell({ atMs, node, what, forMs }: Spell): string {
  return `at ${atMs} ms: ${nodeNamed(node)} ${what}${forMs === undefined ? "" : ` for ${forMs} ms`}`;
}
