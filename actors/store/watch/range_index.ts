/** Something that minds the keys in [key, end): of those alone is asked who minds a key. */
export interface Ranged {
  readonly key: string;
  /** Undefined: that one key. `"\0"`: to the end of all keys. */
  readonly end: string | undefined;
}

/** Finds who minds a key without asking everyone. */
export interface RangeIndex<Item extends Ranged> {
  add(item: Item): void;
  remove(item: Item): void;
  /** In the order of the ranges' beginnings, and for equal ones in that of their coming, reversed. */
  find(key: string, visit: (item: Item) => void): void;
}

/** Makes an empty index. It is sorted anew when it was changed: watches come and go rarely, keys change often. */
export function createRangeIndex<Item extends Ranged>(): RangeIndex<Item> {
  const items: Item[] = [];
  /** The furthest end among `items[0..i]`; undefined is the end of all keys. */
  let furthest: (string | undefined)[] = [];
  let isSorted = true;

  function sort() {
    items.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    furthest = [];
    for (const [i, item] of items.entries()) {
      const [before, end] = [furthest[i - 1], endOf(item)];
      furthest.push(i > 0 && (before === undefined || (end !== undefined && before > end)) ? before : end);
    }
    isSorted = true;
  }

  return {
    add(item) {
      items.push(item);
      isSorted = false;
    },
    remove(item) {
      const at = items.indexOf(item);
      if (at >= 0) items.splice(at, 1);
      isSorted = false;
    },
    find(key, visit) {
      if (!isSorted) sort();
      for (let i = lastBegun(items, key); i >= 0 && isBefore(key, furthest[i]); i--) {
        const item = items[i] as Item;
        if (isBefore(key, endOf(item))) visit(item);
      }
    },
  };
}

function endOf({ key, end }: Ranged): string | undefined {
  if (end === undefined) return `${key}\0`;
  return end === "\0" ? undefined : end;
}

function isBefore(key: string, end: string | undefined): boolean {
  return end === undefined || key < end;
}

/** The last item whose range begins at the key or before it. */
function lastBegun(items: readonly Ranged[], key: string): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle] as Ranged).key <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
