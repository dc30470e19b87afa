const firstMs = 1_000;
const longestMs = 15 * 60_000;
/** After so long without a failure a node begins anew. */
const forgottenMs = 2 * longestMs;

interface Failure {
  readonly waitMs: number;
  readonly atUptimeMs: number;
}

/** How often a DaemonSet's pods failed on which nodes, in one generation of its spec. */
export interface Failures {
  readonly generation: number;
  readonly byNode: Map<string, Failure>;
}

/** What a DaemonSet loop remembers, by the sets' keys. */
export type FailureMemory = Map<string, Failures>;

/** A set's failures; those of a former generation say nothing about this one. */
export function failuresOf(memory: FailureMemory, key: string, generation: number): Failures {
  const known = memory.get(key);
  if (known?.generation === generation) return known;
  const failures = { generation, byNode: new Map() };
  memory.set(key, failures);
  return failures;
}

/**
 * How long a failed pod of the node has still to wait before it is replaced; 0 is not at all, and counts as another
 * failure. A kubelet that rejects pods would be given one after the other without end: the wait doubles each time.
 */
export function waitMs({ byNode }: Failures, node: string, uptimeMs: number): number {
  const last = byNode.get(node);
  if (last !== undefined && uptimeMs - last.atUptimeMs < last.waitMs) {
    return last.waitMs - (uptimeMs - last.atUptimeMs);
  }
  const isOld = last === undefined || uptimeMs - last.atUptimeMs > forgottenMs;
  byNode.set(node, { waitMs: isOld ? firstMs : Math.min(last.waitMs * 2, longestMs), atUptimeMs: uptimeMs });
  return 0;
}
