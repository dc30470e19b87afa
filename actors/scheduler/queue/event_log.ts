import type { ClusterEvent } from "../cluster_event.ts";

/** The events since the oldest attempt that is still under way, so that no attempt misses one. */
export interface EventLog {
  /** The number the next event will have. */
  next(): number;
  /** Remembers an event if anybody may still ask for it. */
  add(event: ClusterEvent): void;
  /** An attempt begins; `end` must be called with the same number. */
  begin(): number;
  end(from: number): void;
  since(from: number): readonly ClusterEvent[];
  readonly size: number;
}

/** Makes an empty log. */
export function createEventLog(): EventLog {
  let events: ClusterEvent[] = [];
  let first = 0;
  /** How many attempts began at which number, in order of the numbers. */
  const begun = new Map<number, number>();

  function trim() {
    const [oldest] = begun.keys();
    const keepFrom = oldest ?? first + events.length;
    if (keepFrom === first) return;
    events = events.slice(keepFrom - first);
    first = keepFrom;
  }

  return {
    next: () => first + events.length,
    add(event) {
      if (begun.size > 0) events.push(event);
      else first++;
    },
    begin() {
      const from = first + events.length;
      begun.set(from, (begun.get(from) ?? 0) + 1);
      return from;
    },
    end(from) {
      const left = (begun.get(from) ?? 0) - 1;
      if (left > 0) return void begun.set(from, left);
      begun.delete(from);
      trim();
    },
    since: (from) => events.slice(from - first),
    get size() {
      return events.length;
    },
  };
}
