/** Something that is due at a time. Ties are broken by `tie`, then by `sequence`: both come from the seed. */
export interface Due {
  /** Microseconds. */
  readonly at: number;
  readonly tie: number;
  readonly sequence: number;
}

/** A binary heap of what is due, earliest first. */
export interface EventHeap<Item extends Due> {
  push(item: Item): void;
  pop(): Item | undefined;
  peek(): Item | undefined;
  size(): number;
}

function isBefore(a: Due, b: Due): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.tie !== b.tie) return a.tie < b.tie;
  return a.sequence < b.sequence;
}

/** Makes an empty heap. */
export function createEventHeap<Item extends Due>(): EventHeap<Item> {
  const items: Item[] = [];

  function up(from: number, item: Item) {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = items[above] as Item;
      if (!isBefore(item, other)) break;
      items[at] = other;
      at = above;
    }
    items[at] = item;
  }

  function down(item: Item) {
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      const right = below + 1;
      if (right < items.length && isBefore(items[right] as Item, items[below] as Item)) below = right;
      const other = items[below] as Item;
      if (!isBefore(other, item)) break;
      items[at] = other;
      at = below;
    }
    items[at] = item;
  }

  return {
    push(item) {
      items.push(item);
      up(items.length - 1, item);
    },
    pop() {
      const first = items[0];
      const last = items.pop();
      if (last !== undefined && items.length > 0) down(last);
      return first;
    },
    peek: () => items[0],
    size: () => items.length,
  };
}
