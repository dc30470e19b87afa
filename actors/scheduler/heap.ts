/** A queue that hands out the least item first and can take any item back. */
export interface Heap<Item extends object> {
  readonly size: number;
  has(item: Item): boolean;
  peek(): Item | undefined;
  pop(): Item | undefined;
  push(item: Item): void;
  /** False when it is not there. */
  remove(item: Item): boolean;
  /** In no particular order. */
  items(): readonly Item[];
}

/** Makes an empty heap; `compare` must be a total order, or equal items come out in an order of their own. */
export function createHeap<Item extends object>(compare: (a: Item, b: Item) => number): Heap<Item> {
  const items: Item[] = [];
  const places = new Map<Item, number>();

  function put(index: number, item: Item) {
    items[index] = item;
    places.set(item, index);
  }

  function up(start: number, item: Item) {
    let index = start;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || compare(item, parent) >= 0) break;
      put(index, parent);
      index = above;
    }
    put(index, item);
  }

  function down(start: number, item: Item) {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const [a, b] = [items[left], items[left + 1]];
      if (a === undefined) break;
      const [below, least] = b !== undefined && compare(b, a) < 0 ? [left + 1, b] : [left, a];
      if (compare(item, least) <= 0) break;
      put(index, least);
      index = below;
    }
    put(index, item);
  }

  function remove(item: Item) {
    const index = places.get(item);
    if (index === undefined) return false;
    places.delete(item);
    const last = items.pop();
    if (last === undefined || last === item) return true;
    const above = items[(index - 1) >> 1];
    if (index > 0 && above !== undefined && compare(last, above) < 0) up(index, last);
    else down(index, last);
    return true;
  }

  return {
    get size() {
      return items.length;
    },
    has: (item) => places.has(item),
    peek: () => items[0],
    pop() {
      const [first] = items;
      if (first !== undefined) remove(first);
      return first;
    },
    push: (item) => up(items.length, item),
    remove,
    items: () => items,
  };
}
