import type { Rejection } from "../framework.ts";

/** What `kubectl describe` shows of a pod while there is no node at all. */
export const noNodesMessage = "no nodes available to schedule pods";

/** Why a pod fits nowhere. */
export interface FitFailure {
  readonly nodesTotal: number;
  /** The rejection of each node that was tried. */
  readonly rejections: Iterable<Rejection>;
  /** A reason against every node, found before any was tried. */
  readonly preFilterMessage?: string | undefined;
  /** What came of trying to make room. */
  readonly postFilterMessage?: string | undefined;
}

/**
 * The message of a pod that fits nowhere: how many nodes have which reason, in the order of the texts.
 *
 * @example "0/3 nodes are available: 1 Too many pods, 2 Insufficient cpu. preemption: not eligible ..."
 */
export function fitMessage({ nodesTotal, rejections, preFilterMessage, postFilterMessage }: FitFailure): string {
  const why = preFilterMessage ?? histogram(rejections);
  const head = `0/${nodesTotal} nodes are available:${why === "" ? "" : ` ${why}.`}`;
  return postFilterMessage ? `${head} ${postFilterMessage}` : head;
}

function histogram(rejections: Iterable<Rejection>): string {
  const counts = new Map<string, number>();
  for (const { reasons } of rejections) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .join(", ");
}
