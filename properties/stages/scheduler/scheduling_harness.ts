import type { Frozen, Pod } from "../../../actors/api/types.ts";
import { type Core, type CoreOptions, createCore, type Decision } from "../../../actors/scheduler/core.ts";
import { filterNode, prepareFilters } from "../../../actors/scheduler/cycle/filtering.ts";
import { scoreNodes } from "../../../actors/scheduler/cycle/scoring.ts";
import type { CycleContext, Plugin } from "../../../actors/scheduler/framework.ts";
import { podInfo } from "../../../actors/scheduler/pod_info.ts";
import { type NodeSketch, nodeOf, type PodSketch, podOf } from "./scheduling_objects.ts";

/** A small cluster as a scheduler sees it. */
export interface ClusterSketch {
  readonly nodes: readonly NodeSketch[];
  /** Those with a `node` are there already; the others wait. */
  readonly pods?: readonly PodSketch[];
  readonly options?: CoreOptions;
}

/** A core that has seen such a cluster. */
export function coreOf({ nodes, pods = [], options = {} }: ClusterSketch): Core {
  const core = createCore(options);
  for (const node of nodes) core.nodeSeen(nodeOf(node), 0);
  for (const pod of pods) core.podSeen(podOf(pod), 0);
  return core;
}

/** What one plugin alone says of a pod on each node: its reasons, or none. */
export function reasonsOf(plugin: Plugin, core: Core, pod: Frozen<Pod>): Record<string, readonly string[]> {
  const info = podInfo(pod);
  const prepared = prepareFilters([plugin], info, contextOf(core));
  const reasons: Record<string, readonly string[]> = {};
  for (const node of core.cache.nodes()) {
    const rejected = "rejection" in prepared ? prepared : filterNode(prepared, info, node);
    reasons[node.name] = rejected?.rejection.reasons ?? [];
  }
  return reasons;
}

/** The weighted, normalized scores that one plugin alone gives to all nodes. */
export function scoresOf(plugin: Plugin, core: Core, pod: Frozen<Pod>): Record<string, number> {
  const nodes = core.cache.nodes();
  const scores = scoreNodes([{ ...plugin, weight: 1 }], { pod: podInfo(pod), nodes }, contextOf(core));
  return Object.fromEntries(nodes.map(({ name }, index) => [name, scores[index] ?? 0]));
}

function contextOf({ cache, related }: Core): CycleContext {
  return { view: cache, related, nowMs: 0 };
}

/** Decides about all waiting pods, and lets the API show each binding at once. Returns the decisions. */
export function decideAll(
  core: Core,
  { nowMs = 0, int = () => 0 }: { nowMs?: number; int?: (below: number) => number } = {},
) {
  const decisions: Decision[] = [];
  for (let decision = core.next({ nowMs, int }); decision; decision = core.next({ nowMs, int })) {
    decisions.push(decision);
    if (decision.kind === "bind") {
      core.bound(decision.pod, decision.node);
      core.podSeen(boundTo(decision.pod.pod, decision.node), nowMs);
    }
  }
  return decisions;
}

/** A pod as the API shows it once it is bound. */
export function boundTo(pod: Frozen<Pod>, node: string): Frozen<Pod> {
  return { ...pod, spec: { ...pod.spec, nodeName: node } };
}

/** Where a decision puts its pod, or why it fits nowhere. */
export function outcomeOf(decision: Decision | undefined): string {
  if (!decision) return "nothing waits";
  return decision.kind === "bind" ? decision.node : decision.message;
}
