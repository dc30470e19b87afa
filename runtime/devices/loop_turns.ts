/** Those who have something to be done, one of them each time around the event loop. */
export interface LoopTurns<Holder> {
  /** Gives it a turn after all that have one to come; nothing where it has. */
  queue(holder: Holder): void;
  forget(holder: Holder): void;
  close(): void;
}

/**
 * Makes turns: `take` does a piece of what one has, and queues it again where there is more. Whatever many bring at
 * once, everybody else waits for one piece.
 */
export function createLoopTurns<Holder>(take: (holder: Holder) => void): LoopTurns<Holder> {
  const ready = new Set<Holder>();
  let next: NodeJS.Immediate | undefined;

  function turn() {
    next = undefined;
    for (const holder of ready) {
      ready.delete(holder);
      take(holder);
      break;
    }
    if (ready.size > 0) next ??= setImmediate(turn);
  }

  return {
    queue(holder) {
      ready.add(holder);
      next ??= setImmediate(turn);
    },
    forget: (holder) => void ready.delete(holder),
    close() {
      clearImmediate(next);
      ready.clear();
    },
  };
}
