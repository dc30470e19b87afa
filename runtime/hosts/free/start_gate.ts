/** Lets so many begin at once; the others wait for their turn, in the order in which they came. */
export interface StartGate {
  /**
   * Calls `begin`, at once or when it is its turn; it calls `begun` when the next may begin.
   *
   * @returns gives up the turn; false when it has already come
   */
  enter(begin: (begun: () => void) => void): () => boolean;
}

/** Makes a gate for work that takes a processor each: side by side, all of it would be as late as the last. */
export function createStartGate(atOnceMax: number): StartGate {
  const waiting = new Set<(begun: () => void) => void>();
  let free = atOnceMax;

  function go(begin: (begun: () => void) => void) {
    free--;
    let isBegun = false;
    begin(() => {
      if (isBegun) return;
      isBegun = true;
      free++;
      next();
    });
  }

  function next() {
    for (const begin of waiting) {
      if (free <= 0) return;
      waiting.delete(begin);
      go(begin);
    }
  }

  return {
    enter(begin) {
      if (free > 0) {
        go(begin);
        return () => false;
      }
      waiting.add(begin);
      return () => waiting.delete(begin);
    },
  };
}
