/** A bounded queue: what waits for an actor, in the order it came. */
export interface Mailbox<Item> {
  /** Adds to the end; false, and nothing is added, when it is full. */
  push(item: Item): boolean;
  /** Adds to the end though it is full: for what was already promised a place, such as the answer to an ask. */
  force(item: Item): void;
  shift(): Item | undefined;
  size(): number;
}

const capacityFirst = 16;

/** Makes an empty mailbox for `max` items; it is a ring that grows as it fills. */
export function createMailbox<Item>(max: number): Mailbox<Item> {
  let ring = new Array<Item | undefined>(capacityFirst);
  let mask = capacityFirst - 1;
  let [head, size] = [0, 0];

  function grow() {
    const next = new Array<Item | undefined>(ring.length * 2);
    for (let i = 0; i < size; i++) next[i] = ring[(head + i) & mask];
    ring = next;
    mask = next.length - 1;
    head = 0;
  }

  function force(item: Item) {
    if (size === ring.length) grow();
    ring[(head + size) & mask] = item;
    size++;
  }

  return {
    push(item) {
      if (size >= max) return false;
      force(item);
      return true;
    },
    force,
    shift() {
      if (size === 0) return undefined;
      const item = ring[head];
      ring[head] = undefined;
      head = (head + 1) & mask;
      size--;
      return item;
    },
    size: () => size,
  };
}
