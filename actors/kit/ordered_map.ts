/**
 * A map from texts to values that is walked in the order of its keys (by code unit): a B+tree for the order, and beside
 * it a Map, since by far most looks are for one key.
 */
export interface OrderedMap<Value> {
  size(): number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): boolean;
  /**
   * Visits the keys in [from, to), without `to` up to the last, until `visit` returns false. The map must not change
   * meanwhile.
   */
  each(from: string, to: string | undefined, visit: (value: Value, key: string) => boolean | undefined): void;
}

/** Leaves have values; branches have children, where `keys[i]` is the least key that may be in `children[i + 1]`. */
interface Node<Value> {
  readonly keys: string[];
  readonly values: Value[];
  readonly children: Node<Value>[] | undefined;
}

interface Split<Value> {
  readonly key: string;
  readonly right: Node<Value>;
}

const keysMax = 64;

/** Makes an empty map. */
export function createOrderedMap<Value>(): OrderedMap<Value> {
  let root: Node<Value> = { keys: [], values: [], children: undefined };
  const byKey = new Map<string, Value>();

  function insert(node: Node<Value>, key: string, value: Value): Split<Value> | undefined {
    if (!node.children) {
      const at = atLeast(node.keys, key);
      if (node.keys[at] === key) {
        node.values[at] = value;
        return undefined;
      }
      node.keys.splice(at, 0, key);
      node.values.splice(at, 0, value);
    } else {
      const at = above(node.keys, key);
      const split = insert(node.children[at] as Node<Value>, key, value);
      if (!split) return undefined;
      node.keys.splice(at, 0, split.key);
      node.children.splice(at + 1, 0, split.right);
    }
    return node.keys.length > keysMax ? halve(node) : undefined;
  }

  /** Empty nodes are taken out; nodes that are merely thin stay, so a delete touches one path only. */
  function remove(node: Node<Value>, key: string): boolean {
    if (!node.children) {
      const at = atLeast(node.keys, key);
      if (node.keys[at] !== key) return false;
      node.keys.splice(at, 1);
      node.values.splice(at, 1);
      return true;
    }
    const at = above(node.keys, key);
    const child = node.children[at] as Node<Value>;
    if (!remove(child, key)) return false;
    if (isEmpty(child)) {
      node.children.splice(at, 1);
      node.keys.splice(at === 0 ? 0 : at - 1, 1);
    }
    return true;
  }

  return {
    size: () => byKey.size,
    get: (key) => byKey.get(key),
    set(key, value) {
      byKey.set(key, value);
      const split = insert(root, key, value);
      if (split) root = { keys: [split.key], values: [], children: [root, split.right] };
    },
    delete(key) {
      if (!byKey.delete(key)) return false;
      remove(root, key);
      while (root.children?.length === 1) root = root.children[0] as Node<Value>;
      if (isEmpty(root)) root = { keys: [], values: [], children: undefined };
      return true;
    },
    each: (from, to, visit) => void walk(root, { from, to, visit }),
  };
}

interface Walk<Value> {
  readonly from: string;
  readonly to: string | undefined;
  readonly visit: (value: Value, key: string) => boolean | undefined;
}

function walk<Value>(node: Node<Value>, options: Walk<Value>): boolean {
  const { from, to, visit } = options;
  const { keys, children } = node;
  if (!children) {
    for (let i = atLeast(keys, from); i < keys.length; i++) {
      const key = keys[i] as string;
      if (to !== undefined && key >= to) return false;
      if (visit(node.values[i] as Value, key) === false) return false;
    }
    return true;
  }
  const first = above(keys, from);
  for (let i = first; i < children.length; i++) {
    if (i > first && to !== undefined && (keys[i - 1] as string) >= to) return false;
    if (!walk(children[i] as Node<Value>, options)) return false;
  }
  return true;
}

function halve<Value>(node: Node<Value>): Split<Value> {
  const middle = node.keys.length >>> 1;
  if (!node.children) {
    const right = { keys: node.keys.splice(middle), values: node.values.splice(middle), children: undefined };
    return { key: right.keys[0] as string, right };
  }
  const keys = node.keys.splice(middle + 1);
  const key = node.keys.pop() as string;
  return { key, right: { keys, values: [], children: node.children.splice(middle + 1) } };
}

function isEmpty(node: Node<unknown>): boolean {
  return node.children ? node.children.length === 0 : node.keys.length === 0;
}

/** The first place whose key is not below `key`. */
function atLeast(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place whose key is above `key`. */
function above(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
