/** An item that can be in a heap, in one at a time. */
export interface HeapItem {
  /** Its place in the heap: the heap's own. Begins as `nowhere`. */
  heapIndex: number;
}

/** The place of an item that is in no heap. */
export const nowhere = -1;

/** A queue that hands out the least item first and can take any item back. */
export interface Heap<Item extends HeapItem> {
  readonly size: number;
  has(item: Item): boolean;
  peek(): Item | undefined;
  pop(): Item | undefined;
  /** Adds an item that is in no heap. */
  push(item: Item): void;
  /** False when it is not there. */
  remove(item: Item): boolean;
  /** Puts an item that is there where it now belongs: what it is compared by has changed. */
  moved(item: Item): void;
}

/** Makes an empty heap; `compare` must be a total order, or equal items come out in an order of their own. */
export function createHeap<Item extends HeapItem>(compare: (a: Item, b: Item) => number): Heap<Item> {
  const items: Item[] = [];

  function put(index: number, item: Item) {
    items[index] = item;
    item.heapIndex = index;
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
      const isRight = b !== undefined && compare(b, a) < 0;
      const least = isRight ? b : a;
      if (compare(item, least) <= 0) break;
      put(index, least);
      index = isRight ? left + 1 : left;
    }
    put(index, item);
  }

  function settle(index: number, item: Item) {
    const above = items[(index - 1) >> 1];
    if (index > 0 && above !== undefined && compare(item, above) < 0) up(index, item);
    else down(index, item);
  }

  function has(item: Item): boolean {
    return items[item.heapIndex] === item;
  }

  function remove(item: Item) {
    if (!has(item)) return false;
    const index = item.heapIndex;
    item.heapIndex = nowhere;
    const last = items.pop();
    if (last !== undefined && last !== item) settle(index, last);
    return true;
  }

  return {
    get size() {
      return items.length;
    },
    has,
    peek: () => items[0],
    pop() {
      const [first] = items;
      if (first !== undefined) remove(first);
      return first;
    },
    push: (item) => up(items.length, item),
    remove,
    moved: (item) => settle(item.heapIndex, item),
  };
}
