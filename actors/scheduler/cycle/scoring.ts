import type { CycleContext, Plugin } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";

/** Weighs the nodes a pod fits on: preScore, score, normalize and the weights of the profile. */
export function scoreNodes(
  plugins: readonly Plugin[],
  { pod, nodes }: { readonly pod: PodInfo; readonly nodes: readonly NodeInfo[] },
  context: CycleContext,
): number[] {
  const totals = new Array<number>(nodes.length).fill(0);
  const scores = new Array<number>(nodes.length).fill(0);
  for (const plugin of plugins) {
    const prepared = plugin.preScore?.(pod, nodes, context);
    if (prepared && ("skip" in prepared || "rejection" in prepared)) continue;
    const { score, normalize, weight = 1 } = plugin;
    const state = prepared?.state;
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index];
      scores[index] = score && node ? score(pod, node, state) : 0;
    }
    normalize?.(scores, nodes, state);
    for (let index = 0; index < nodes.length; index++)
      totals[index] = (totals[index] ?? 0) + weight * (scores[index] ?? 0);
  }
  return totals;
}

/** The index of the highest score; among equal ones chance decides, each as likely. */
export function pickBest(scores: readonly number[], int: (below: number) => number): number {
  let [best, bestScore, ties] = [0, Number.NEGATIVE_INFINITY, 0];
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index] ?? 0;
    if (score > bestScore) [best, bestScore, ties] = [index, score, 1];
    else if (score === bestScore && int(++ties) === 0) best = index;
  }
  return best;
}
