/** What several hold together may not be more than so much. */
export interface SharedBudget<Holder> {
  /** Somebody holds so much now. */
  hold(holder: Holder, bytes: number): void;
  /** Somebody is gone, with all that they held. */
  release(holder: Holder): void;
}

/** Makes a budget: while more is held than there is, `cutOff` is told of who holds the most. */
export function createSharedBudget<Holder>(bytesMax: number, cutOff: (holder: Holder) => void): SharedBudget<Holder> {
  const held = new Map<Holder, number>();
  let allBytes = 0;

  function release(holder: Holder) {
    allBytes -= held.get(holder) ?? 0;
    held.delete(holder);
  }

  return {
    hold(holder, bytes) {
      allBytes += bytes - (held.get(holder) ?? 0);
      if (bytes === 0) held.delete(holder);
      else held.set(holder, bytes);
      while (allBytes > bytesMax) {
        const [greediest] = [...held].reduce((most, each) => (each[1] > most[1] ? each : most));
        release(greediest);
        cutOff(greediest);
      }
    },
    release,
  };
}
