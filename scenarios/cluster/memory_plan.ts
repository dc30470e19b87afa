import { availableParallelism, totalmem } from "node:os";
import { InputError } from "./input_error.ts";
import type { Topology } from "./topology.ts";

/** What the workers of a cluster may take, and what its store may hold so that none of them comes to its limit. */
export interface MemoryPlan {
  /** All of it. */
  readonly budgetBytes: number;
  /** Heap limits. In the pool host all workers have one, the last. */
  readonly storeHeapMb: number;
  readonly apiServerHeapMb: number;
  readonly otherHeapMb: number;
  /** Of each store replica. */
  readonly quotaBytes: number;
  /** Of the quota, what Events may take: the oldest go first. */
  readonly eventsBytesMax: number;
}

/** What a plan is made for. */
export interface MemoryPlanOptions extends Pick<Topology, "stores" | "apiservers"> {
  readonly host: "thread" | "pool";
  /** Default: half of what the machine, or the container that this runs in, has. */
  readonly budgetBytes?: number;
  /** Of the pool host. Default: as many as the machine has cores. */
  readonly workers?: number;
}

const mebibyte = 1024 * 1024;
/** The least that a cluster with one store replica and one API server comes up with. */
export const budgetBytesLeast = 512 * mebibyte;
/** How much of the budget stores and API servers get; the rest is for all others. */
const shares = { stores: 0.4, apiServers: 0.4, others: 0.2 };
const storeHeap = { leastMb: 96, mostMb: 2_048 };
const apiServerHeap = { leastMb: 128, mostMb: 4_096 };
/** A control loop that lists everything parses and holds all that the store has. */
const otherHeap = { leastMb: 96, mostMb: 2_048 };
const poolHeap = { leastMb: 256, mostMb: 8_192 };
/** A replica that installs a snapshot holds two keyspaces, and its log beside them. */
const heapsPerQuota = 4;

/**
 * Divides memory among a cluster's workers. Limits are no reservations: most workers take a tenth of theirs.
 *
 * @throws InputError when it is too little
 */
export function memoryPlan({ stores, apiservers, host, workers, budgetBytes = half() }: MemoryPlanOptions): MemoryPlan {
  if (budgetBytes < budgetBytesLeast) {
    const asked = Math.floor(budgetBytes / mebibyte);
    throw new InputError(`Cannot run a cluster in ${asked} MiB: give at least ${budgetBytesLeast / mebibyte} MiB`);
  }
  const budgetMb = budgetBytes / mebibyte;
  if (host === "pool") {
    const count = workers ?? availableParallelism();
    const heapMb = within(budgetMb / count, poolHeap);
    // Stores and API servers that share a worker share its heap, with all others that live there.
    const sharers = Math.ceil((stores + apiservers) / count) + 1;
    return planOf({ budgetBytes, storeHeapMb: heapMb, apiServerHeapMb: heapMb, otherHeapMb: heapMb }, sharers);
  }
  const storeHeapMb = within((shares.stores * budgetMb) / stores, storeHeap);
  const apiServerHeapMb = within((shares.apiServers * budgetMb) / apiservers, apiServerHeap);
  const otherHeapMb = within(shares.others * budgetMb, otherHeap);
  return planOf({ budgetBytes, storeHeapMb, apiServerHeapMb, otherHeapMb }, 1);
}

/** A plan in one line; of a store outside of the cluster it knows no quota. */
export function tellMemory(plan: MemoryPlan, host: MemoryPlanOptions["host"], isStoreOutside = false): string {
  const { budgetBytes, storeHeapMb, apiServerHeapMb, otherHeapMb, quotaBytes } = plan;
  const heaps =
    host === "pool"
      ? `each worker up to ${otherHeapMb} MiB of heap`
      : `of heap each store up to ${storeHeapMb} MiB, each API server ${apiServerHeapMb}, others ${otherHeapMb}`;
  const quota = isStoreOutside ? "a quota of its own" : `its quota of ${mebibytes(quotaBytes)} MiB`;
  return `Memory: ${mebibytes(budgetBytes)} MiB, ${heaps}; the store takes writes up to ${quota}`;
}

function planOf(
  heaps: Pick<MemoryPlan, "budgetBytes" | "storeHeapMb" | "apiServerHeapMb" | "otherHeapMb">,
  sharers: number,
) {
  const heapMb = Math.min(heaps.storeHeapMb, heaps.apiServerHeapMb, heaps.otherHeapMb) / sharers;
  const quotaBytes = Math.floor((heapMb / heapsPerQuota) * mebibyte);
  return { ...heaps, quotaBytes, eventsBytesMax: Math.floor(quotaBytes / 8) };
}

/** The container's limit where there is one: it is given as a number beyond all memory where there is none. */
function half(): number {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.max(budgetBytesLeast, Math.floor(Math.min(totalmem(), limit) / 2));
}

function within(mb: number, { leastMb, mostMb }: { readonly leastMb: number; readonly mostMb: number }): number {
  return Math.floor(Math.min(mostMb, Math.max(leastMb, mb)));
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / mebibyte);
}
