import type { CycleContext, Plugin, Prepared, Rejection } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";

/** The plugins that have something to say about a pod, with what each found out about it. */
export interface PreparedFilters {
  readonly filters: readonly { readonly plugin: Plugin; readonly state: unknown }[];
  /** Only these nodes can pass; absent: all may. */
  readonly nodes?: ReadonlySet<string> | undefined;
  /** The plugins that narrowed the nodes. */
  readonly narrowedBy: readonly string[];
}

/** A rejection and the plugin it comes from. */
export interface PluginRejection {
  readonly plugin: string;
  readonly rejection: Rejection;
}

/** Runs preFilter: prepares each plugin's filter for a pod. */
export function prepareFilters(
  plugins: readonly Plugin[],
  pod: PodInfo,
  context: CycleContext,
): PreparedFilters | PluginRejection {
  const filters: { plugin: Plugin; state: unknown }[] = [];
  const narrowedBy: string[] = [];
  let nodes: ReadonlySet<string> | undefined;
  for (const plugin of plugins) {
    const prepared = plugin.preFilter?.(pod, context) ?? nothingPrepared;
    if ("rejection" in prepared) return { plugin: plugin.name, rejection: prepared.rejection };
    if ("skip" in prepared) continue;
    if (plugin.filter) filters.push({ plugin, state: prepared.state });
    if (!prepared.nodes) continue;
    nodes = nodes ? intersect(nodes, prepared.nodes) : prepared.nodes;
    narrowedBy.push(plugin.name);
  }
  return { filters, nodes, narrowedBy };
}

const nothingPrepared: Prepared<unknown> = { state: undefined };

function intersect(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((name) => b.has(name)));
}

/** Runs the filters on one node; the first that rejects it decides. */
export function filterNode({ filters }: PreparedFilters, pod: PodInfo, node: NodeInfo): PluginRejection | undefined {
  for (const { plugin, state } of filters) {
    const rejection = plugin.filter?.(pod, node, state);
    if (rejection) return { plugin: plugin.name, rejection };
  }
  return undefined;
}

const sampleAllBelow = 100;

/**
 * How many nodes that fit are enough to choose among: all of a small cluster, a share of a large one that falls from
 * half to a twentieth as the cluster grows, or this `percentage` of them, where it is not 0.
 */
export function feasibleMax(nodesTotal: number, percentage = 0): number {
  if (nodesTotal < sampleAllBelow || percentage >= 100) return nodesTotal;
  const percent = percentage > 0 ? percentage : Math.max(50 - Math.trunc(nodesTotal / 125), 5);
  return Math.max(Math.trunc((nodesTotal * percent) / 100), sampleAllBelow);
}
