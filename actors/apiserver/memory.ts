/** What of a server's heap each thing that clients can make large may take. */
export interface MemoryPlan {
  /** Versions that were written over, kept for watchers that come back. */
  readonly windowCharsMax: number;
  /** What waits for the clients of all watches together. */
  readonly waitingBytesMax: number;
  /** What waits for the client of one watch. */
  readonly waitingBytesEachMax: number;
}

const mebibyte = 1024 * 1024;
/** What a worker has when nothing else is said. */
const heapBytesDefault = 256 * mebibyte;

/**
 * Divides a server's heap: an eighth for history, an eighth for slow clients; the rest is for the objects themselves
 * and for requests under way. No single watch may hold more than a quarter of what there is for all of them.
 */
export function memoryPlan(heapBytes = heapBytesDefault): MemoryPlan {
  const share = Math.floor(heapBytes / 8);
  return {
    windowCharsMax: share,
    waitingBytesMax: share,
    waitingBytesEachMax: Math.min(16 * mebibyte, Math.floor(share / 4)),
  };
}
