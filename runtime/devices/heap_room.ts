import { constants, type PerformanceEntry, PerformanceObserver, performance } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";

/** Looks after the heap of its thread. */
export interface HeapRoom extends Disposable {
  /** Whether what lives leaves so little room that new work should be turned away. */
  isShort(): boolean;
}

/** What lives may take so much of the limit; the rest is for what is under way, and for garbage. */
const livingShareMax = 0.75;
/**
 * Garbage is not counted: what lives is seen after a collection. With all work turned away there might be none for
 * long, so an old look does not count: then work comes in again, and with it the next look.
 */
const lookLastsMs = 3_000;

/** Begins to look after the heap of this thread. A worker that ran out of it would be gone with all that it serves. */
export function watchHeapRoom(): HeapRoom {
  let [living, lookedAtMs] = [0, 0];
  const limit = getHeapStatistics().heap_size_limit;
  const observer = new PerformanceObserver((list) => {
    if (!list.getEntries().some(isMajor)) return;
    living = getHeapStatistics().used_heap_size;
    lookedAtMs = performance.now();
  });
  observer.observe({ entryTypes: ["gc"] });
  return {
    isShort: () => living > limit * livingShareMax && performance.now() - lookedAtMs < lookLastsMs,
    [Symbol.dispose]: () => observer.disconnect(),
  };
}

function isMajor(entry: PerformanceEntry & { readonly detail?: { readonly kind?: number } }): boolean {
  return entry.detail?.kind === majorKind;
}

const majorKind = constants.NODE_PERFORMANCE_GC_MAJOR;
