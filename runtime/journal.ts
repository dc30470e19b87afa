import type { Address } from "./actor.ts";

/** One delivery, as a journal keeps it. */
export interface JournalEntry {
  readonly atMs: number;
  readonly to: Address;
  readonly from: Address;
  readonly event: { readonly type: string };
  /** The phase after the step. */
  readonly phase: string;
}

/**
 * A hash chained over all deliveries and the states they led to: equal for equal runs, on every machine. Optionally
 * keeps the last entries for people to read.
 */
export interface Journal {
  record(entry: JournalEntry, digest: string | number): void;
  /** The chain so far, 16 hexadecimal digits. */
  hash(): string;
  /** Deliveries recorded. */
  count(): number;
  entries(): readonly JournalEntry[];
}

/** Starts a chain; `keepMax` entries are kept (default 0). */
export function createJournal({ keepMax = 0 }: { readonly keepMax?: number } = {}): Journal {
  const chain = createHash();
  const kept: JournalEntry[] = [];
  let count = 0;
  return {
    record(entry, digest) {
      count++;
      chain.number(entry.atMs);
      chain.text(entry.to);
      chain.text(entry.from);
      chain.value(entry.event);
      chain.text(entry.phase);
      chain.value(digest);
      if (keepMax > 0) {
        kept.push(entry);
        if (kept.length > 2 * keepMax) kept.splice(0, kept.length - keepMax);
      }
    },
    hash: () => chain.hex(),
    count: () => count,
    entries: () => kept.slice(-keepMax || kept.length),
  };
}

/** A running 64-bit hash over plain data, in two 32-bit lanes. Not for security. */
export interface RunningHash {
  number(value: number): void;
  text(value: string): void;
  value(value: unknown): void;
  hex(): string;
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** Starts a hash. Object keys count in their own order: equal data built alike hashes alike. */
export function createHash(): RunningHash {
  let [high, low] = [0x6a09e667 | 0, 0xbb67ae85 | 0];

  function word(value: number) {
    low = Math.imul(low ^ value, 0x85ebca6b);
    low = (low << 13) | (low >>> 19);
    high = Math.imul(high + low, 0xc2b2ae35) ^ (high >>> 15);
  }

  function number(value: number) {
    if ((value | 0) === value) return word(value);
    float[0] = value;
    word(words[0] as number);
    word(words[1] as number);
  }

  function text(value: string) {
    const [h, l] = textLanes(value);
    word(h);
    word(l);
  }

  function value(any: unknown) {
    switch (typeof any) {
      case "number":
        return number(any);
      case "string":
        return text(any);
      case "boolean":
        return word(any ? 1 : 2);
      case "object":
        return any === null ? word(3) : structure(any);
      default:
        return word(4);
    }
  }

  function structure(any: object) {
    if (Array.isArray(any)) {
      word(any.length + 5);
      for (const each of any) value(each);
      return;
    }
    word(6);
    for (const key in any) {
      const each = (any as Record<string, unknown>)[key];
      if (each === undefined) continue;
      text(key);
      value(each);
    }
  }

  const hex32 = (lane: number) => (lane >>> 0).toString(16).padStart(8, "0");
  return { number, text, value, hex: () => hex32(high) + hex32(low) };
}

/** Long texts (encoded API objects) pass many times: their hash is kept while they are young. */
const longTextMin = 64;
const lanesMax = 4096;
const lanes = new Map<string, readonly [number, number]>();

function textLanes(value: string): readonly [number, number] {
  if (value.length < longTextMin) return computeLanes(value);
  let found = lanes.get(value);
  if (found === undefined) {
    if (lanes.size >= lanesMax) lanes.clear();
    found = computeLanes(value);
    lanes.set(value, found);
  }
  return found;
}

function computeLanes(value: string): readonly [number, number] {
  let [a, b] = [0x811c9dc5 | 0, value.length];
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x9e3779b1) ^ (b >>> 13);
  }
  return [a, b];
}
