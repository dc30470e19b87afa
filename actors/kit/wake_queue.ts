import { createHeap, type HeapItem, nowhere } from "./heap.ts";

/** Something that wants to be woken at a time that may be put off, in one queue at a time. */
export interface Sleeper extends HeapItem {
  /** When it is in the queue. The queue's own. */
  queuedAtMs: number;
  /** Who came before whom: of those of one time the first is woken first. The queue's own. */
  queuedAs: number;
}

/** What a sleeper has of its own that is in no queue. */
export function awake(): Sleeper {
  return { heapIndex: nowhere, queuedAtMs: Number.POSITIVE_INFINITY, queuedAs: 0 };
}

/** Who wants to be woken when. To put off costs nothing: it is seen when the earlier time has come. */
export interface WakeQueue<Each extends Sleeper> {
  /** The time at which it wants to be woken may have come nearer. */
  heed(each: Each): void;
  /** When the first wants to be woken. */
  nextMs(): number | undefined;
  /** Takes one out whose time has come. */
  take(nowMs: number): Each | undefined;
  /** How many are in it; who does not want to be woken any more is until its time has come. */
  readonly size: number;
}

/** Makes an empty queue; `dueMs` tells when each wants to be woken, infinite: not at all. */
export function createWakeQueue<Each extends Sleeper>(dueMs: (each: Each) => number): WakeQueue<Each> {
  const heap = createHeap<Each>((a, b) => a.queuedAtMs - b.queuedAtMs || a.queuedAs - b.queuedAs);
  let count = 0;

  function queue(each: Each, atMs: number) {
    each.queuedAtMs = atMs;
    each.queuedAs = count++;
    if (heap.has(each)) heap.moved(each);
    else heap.push(each);
  }

  function leave(each: Each) {
    heap.remove(each);
    each.queuedAtMs = Number.POSITIVE_INFINITY;
  }

  /** The first that really wants to be woken at the time at which it is in the queue. */
  function first() {
    for (let each = heap.peek(); each; each = heap.peek()) {
      const atMs = dueMs(each);
      if (atMs <= each.queuedAtMs) return each;
      if (atMs === Number.POSITIVE_INFINITY) leave(each);
      else queue(each, atMs);
    }
    return undefined;
  }

  return {
    heed(each) {
      const atMs = dueMs(each);
      if (atMs < each.queuedAtMs) queue(each, atMs);
    },
    nextMs: () => first()?.queuedAtMs,
    take(nowMs) {
      const each = first();
      if (!each || each.queuedAtMs > nowMs) return undefined;
      leave(each);
      return each;
    },
    get size() {
      return heap.size;
    },
  };
}
