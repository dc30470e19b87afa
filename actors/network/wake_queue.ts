/** Something that wants to be woken at a time that may be put off. */
export interface Sleeper {
  /** When it is in the queue; infinite: it is not. The queue's own. */
  queuedAtMs: number;
}

/** Who wants to be woken when. To put off costs nothing: it is seen when the earlier time has come. */
export interface WakeQueue<Each extends Sleeper> {
  /** The time at which it wants to be woken may have come nearer. */
  heed(each: Each): void;
  /** When the first wants to be woken. */
  nextMs(): number | undefined;
  /** Takes one out whose time has come. */
  take(nowMs: number): Each | undefined;
}

/** Makes an empty queue; `dueMs` tells when each wants to be woken, infinite: not at all. */
export function createWakeQueue<Each extends Sleeper>(dueMs: (each: Each) => number): WakeQueue<Each> {
  /** A binary heap; an item whose time is not its sleeper's `queuedAtMs` is void. */
  const items: { readonly atMs: number; readonly each: Each }[] = [];

  function push(each: Each, atMs: number) {
    each.queuedAtMs = atMs;
    const item = { atMs, each };
    let at = items.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = items[above] as (typeof items)[number];
      if (other.atMs <= atMs) break;
      items[at] = other;
      at = above;
    }
    items[at] = item;
  }

  function pop() {
    const last = items.pop();
    if (!last || items.length === 0) return;
    let at = 0;
    for (let below = 1; below < items.length; below = 2 * at + 1) {
      const right = items[below + 1];
      if (right && right.atMs < (items[below] as typeof right).atMs) below++;
      const other = items[below] as typeof last;
      if (other.atMs >= last.atMs) break;
      items[at] = other;
      at = below;
    }
    items[at] = last;
  }

  /** The first that really wants to be woken at the time at which it is in the queue. */
  function first() {
    for (let item = items[0]; item; item = items[0]) {
      const { atMs, each } = item;
      if (each.queuedAtMs === atMs && dueMs(each) <= atMs) return item;
      pop();
      if (each.queuedAtMs !== atMs) continue;
      each.queuedAtMs = Number.POSITIVE_INFINITY;
      if (dueMs(each) < Number.POSITIVE_INFINITY) push(each, dueMs(each));
    }
    return undefined;
  }

  return {
    heed(each) {
      const atMs = dueMs(each);
      if (atMs < each.queuedAtMs) push(each, atMs);
    },
    nextMs: () => first()?.atMs,
    take(nowMs) {
      const item = first();
      if (!item || item.atMs > nowMs) return undefined;
      pop();
      item.each.queuedAtMs = Number.POSITIVE_INFINITY;
      return item.each;
    },
  };
}
