/** What a value of each type is made of. */
export interface ValueTypes {
  readonly string: string;
  readonly list: string[];
  readonly hash: Map<string, string>;
  readonly set: Set<string>;
  readonly zset: Map<string, number>;
}

/** The types of values. */
export type ValueType = keyof ValueTypes;

/** A value of one of the types. */
export interface ValueOf<Type extends ValueType> {
  readonly type: Type;
  readonly value: ValueTypes[Type];
}

/** What is kept under a key. */
export type Value = { readonly [Type in ValueType]: ValueOf<Type> }[ValueType];

interface Entry {
  readonly value: Value;
  /** By the wall clock; undefined: never. */
  expiresMs: number | undefined;
}

/** The keys of a database. */
export interface Store {
  get(key: string): Value | undefined;
  set(key: string, value: Value, expiresMs?: number): void;
  delete(key: string): boolean;
  keys(): string[];
  clear(): void;
  expiresMs(key: string): number | undefined;
  expire(key: string, expiresMs: number | undefined): boolean;
  /** About as much memory as all of it takes. */
  heldBytes(): number;
}

/** Makes an empty database; what has expired is not there. */
export function createStore(nowMs: () => number): Store {
  const entries = new Map<string, Entry>();

  function find(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry?.expiresMs === undefined || entry.expiresMs > nowMs()) return entry;
    entries.delete(key);
    return undefined;
  }

  return {
    get: (key) => find(key)?.value,
    set: (key, value, expiresMs) => void entries.set(key, { value, expiresMs }),
    delete: (key) => find(key) !== undefined && entries.delete(key),
    keys: () => [...entries.keys()].filter((key) => find(key) !== undefined),
    clear: () => entries.clear(),
    expiresMs: (key) => find(key)?.expiresMs,
    expire(key, expiresMs) {
      const entry = find(key);
      if (!entry) return false;
      entry.expiresMs = expiresMs;
      if (expiresMs !== undefined && expiresMs <= nowMs()) entries.delete(key);
      return true;
    },
    heldBytes() {
      let bytes = 0;
      for (const key of entries.keys()) {
        const entry = find(key);
        if (entry) bytes += itemBytes + key.length + bytesOf(entry.value);
      }
      return bytes;
    },
  };
}

/** What each key, and each item of a value, takes beside its bytes. */
const itemBytes = 64;

function bytesOf({ value }: Value): number {
  if (typeof value === "string") return value.length;
  let bytes = 0;
  for (const item of value) bytes += itemBytes + (typeof item === "string" ? item.length : item.join("").length);
  return bytes;
}
