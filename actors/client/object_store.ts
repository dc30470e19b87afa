import { type Frozen, type KubeObject, keyOf } from "../api/types.ts";

/** Under which values an object is found in an index. */
export type IndexOf<T extends KubeObject> = (object: Frozen<T>) => readonly string[];

/** The objects of one kind by key, with further indexes. */
export interface ObjectStore<T extends KubeObject> {
  get(key: string): Frozen<T> | undefined;
  has(key: string): boolean;
  keys(): IterableIterator<string>;
  /** In the order in which they were first seen. */
  values(): IterableIterator<Frozen<T>>;
  readonly size: number;
  /** The objects that an index has under a value. */
  by(index: string, value: string): readonly Frozen<T>[];
  /** Returns what was there before. */
  set(object: Frozen<T>): Frozen<T> | undefined;
  delete(key: string): Frozen<T> | undefined;
  clear(): void;
}

const none: readonly never[] = [];

/** Makes an empty store. */
export function createObjectStore<T extends KubeObject>(
  indexes: Readonly<Record<string, IndexOf<T>>> = {},
): ObjectStore<T> {
  const objects = new Map<string, Frozen<T>>();
  const tables = Object.entries(indexes).map(([name, valuesOf]) => ({
    name,
    valuesOf,
    table: new Map<string, Map<string, Frozen<T>>>(),
  }));
  const byName = new Map(tables.map((each) => [each.name, each.table]));

  function index(key: string, object: Frozen<T>) {
    for (const { valuesOf, table } of tables) {
      for (const value of valuesOf(object)) {
        const bucket = table.get(value);
        if (bucket) bucket.set(key, object);
        else table.set(value, new Map([[key, object]]));
      }
    }
  }

  function unindex(key: string, object: Frozen<T>, next: Frozen<T> | undefined) {
    for (const { valuesOf, table } of tables) {
      const kept = next ? valuesOf(next) : none;
      for (const value of valuesOf(object)) {
        // A value that stays keeps its place in the bucket's order.
        if (kept.includes(value as never)) continue;
        const bucket = table.get(value);
        bucket?.delete(key);
        if (bucket?.size === 0) table.delete(value);
      }
    }
  }

  return {
    get: (key) => objects.get(key),
    has: (key) => objects.has(key),
    keys: () => objects.keys(),
    values: () => objects.values(),
    get size() {
      return objects.size;
    },
    by(name, value) {
      const table = byName.get(name);
      if (!table)
        throw new Error(
          `Reading index "${name}": there is no such index, name one of: ${[...byName.keys()].join(", ")}`,
        );
      const bucket = table.get(value);
      return bucket ? [...bucket.values()] : none;
    },
    set(object) {
      const key = keyOf(object as Frozen<KubeObject>);
      const before = objects.get(key);
      if (before) unindex(key, before, object);
      objects.set(key, object);
      index(key, object);
      return before;
    },
    delete(key) {
      const before = objects.get(key);
      if (!before) return undefined;
      objects.delete(key);
      unindex(key, before, undefined);
      return before;
    },
    clear() {
      objects.clear();
      for (const { table } of tables) table.clear();
    },
  };
}

/** The index of objects by namespace. */
export const byNamespace = (object: Frozen<KubeObject>): readonly string[] => [object.metadata.namespace ?? ""];

/** The index of objects by the uids of their owners. */
export const byOwner = (object: Frozen<KubeObject>): readonly string[] =>
  object.metadata.ownerReferences?.map(({ uid }) => uid) ?? none;

/** The index of objects by the uid of their controller. */
export const byController = (object: Frozen<KubeObject>): readonly string[] => {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner ? [owner.uid] : none;
};
