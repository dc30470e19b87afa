/** Remembers streams that are over: an opening that comes again, late, must not open them anew. */
export interface EndedStreams {
  add(key: string): void;
  has(key: string): boolean;
}

/** So many are remembered. */
const endedMax = 1_000;

/** Makes a memory of none. */
export function createEndedStreams(): EndedStreams {
  const keys = new Set<string>();
  return {
    add(key) {
      keys.add(key);
      if (keys.size <= endedMax) return;
      for (const oldest of keys) {
        keys.delete(oldest);
        return;
      }
    },
    has: (key) => keys.has(key),
  };
}
