import { createEventHeap, type Due } from "../simulation/event_heap.ts";

/** A thread's time: the same for all threads of a host, and one system timer however much is due. */
export interface ShardClock {
  /** Milliseconds since the host started; never jumps. */
  uptimeMs(): number;
  /** Calls `run` at that uptime, never inside the call to `at`. */
  at(dueMs: number, run: () => void): void;
  close(): void;
}

interface Item extends Due {
  readonly run: () => void;
}

/** Longer than this the system's timer cannot wait: it is set again. */
const sleepMsMax = 2 ** 30;

/** The host's start on the clock that all threads of a process share, in nanoseconds. */
export function monotonicNs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e9 + nanoseconds;
}

/** Makes the clock of a thread whose host started at `originNs`. */
export function createShardClock(originNs: number): ShardClock {
  const offsetMs = (monotonicNs() - originNs) / 1e6 - performance.now();
  const heap = createEventHeap<Item>();
  let sequence = 0;
  let armedForMs = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const uptimeMs = () => performance.now() + offsetMs;

  function arm() {
    const next = heap.peek();
    if (!next || next.at >= armedForMs) return;
    clearTimeout(timer);
    armedForMs = next.at;
    timer = setTimeout(fire, Math.min(Math.max(1, Math.ceil(next.at - uptimeMs())), sleepMsMax));
  }

  function fire() {
    armedForMs = Number.POSITIVE_INFINITY;
    const nowMs = uptimeMs();
    for (let next = heap.peek(); next && next.at <= nowMs; next = heap.peek()) {
      heap.pop();
      next.run();
    }
    arm();
  }

  return {
    uptimeMs,
    at(dueMs, run) {
      heap.push({ at: dueMs, tie: 0, sequence: ++sequence, run });
      arm();
    },
    close: () => clearTimeout(timer),
  };
}
