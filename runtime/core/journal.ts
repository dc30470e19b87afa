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
    const { length } = value;
    if (length >= longTextMin) {
      const place = placeOf(value);
      if (youngTexts[place] !== value) computeLanes(value, place);
      word(youngLanes[2 * place] as number);
      return word(youngLanes[2 * place + 1] as number);
    }
    let [h, l] = [high, low ^ length];
    for (let i = 0; i < length; i++) {
      l = Math.imul(l ^ value.charCodeAt(i), 0x85ebca6b);
      l = (l << 13) | (l >>> 19);
      h = Math.imul(h + l, 0xc2b2ae35) ^ (h >>> 15);
    }
    high = h;
    low = l;
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
      word(keyWord(key));
      value(each);
    }
  }

  const hex32 = (lane: number) => (lane >>> 0).toString(16).padStart(8, "0");
  return { number, text, value, hex: () => hex32(high) + hex32(low) };
}

/** A field's name is one of a few that the message's type allows: its length and three letters tell it from those. */
function keyWord(key: string): number {
  const last = key.length - 1;
  if (last < 0) return 0;
  return (last << 24) ^ (key.charCodeAt(0) << 16) ^ (key.charCodeAt(last >> 1) << 8) ^ key.charCodeAt(last);
}

/**
 * Long texts (encoded API objects) pass many times, to each of a dozen controllers say: their hash is kept while they are
 * young, at a place that a few of their letters choose. A text's own hash, which a Map would use, costs as much as this
 * one. What is kept is bounded: by the places, and by the letters in them.
 */
const longTextMin = 64;
const places = 32_768;
const youngLettersMax = 16 * 2 ** 20;
const youngTexts = new Array<string>(places).fill("");
const youngLanes = new Int32Array(places * 2);
let youngLetters = 0;

function placeOf(value: string): number {
  const { length } = value;
  let place = length;
  for (let i = 1; i <= 8; i++) place = Math.imul(place ^ value.charCodeAt((length * i) >> 4), 0x01000193);
  // The resource version of an API object is near its front, the end of its name not far from it.
  for (let i = 56; i < longTextMin; i++) place = Math.imul(place ^ value.charCodeAt(i), 0x01000193);
  return (place ^ (place >>> 15)) & (places - 1);
}

function computeLanes(value: string, place: number): void {
  const [a, b] = isPlain(value) ? lanesOfPlain(value.length) : lanesOf(value);
  youngLetters += value.length - (youngTexts[place] as string).length;
  if (youngLetters > youngLettersMax) {
    youngTexts.fill("");
    youngLetters = value.length;
  }
  youngTexts[place] = value;
  youngLanes[2 * place] = a;
  youngLanes[2 * place + 1] = b;
}

/** Four letters at a time: texts are long and mostly ASCII. */
function lanesOf(value: string): readonly [number, number] {
  const { length } = value;
  const whole = length & ~3;
  let [a, b] = [0x811c9dc5 | 0, length];
  for (let i = 0; i < whole; i += 4) {
    const low = value.charCodeAt(i) ^ (value.charCodeAt(i + 1) << 8);
    const four = low ^ (value.charCodeAt(i + 2) << 16) ^ (value.charCodeAt(i + 3) << 24);
    a = Math.imul(a ^ four, 0x01000193);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b + four, 0x9e3779b1) ^ (b >>> 13);
  }
  for (let i = whole; i < length; i++) {
    a = Math.imul(a ^ value.charCodeAt(i), 0x01000193);
    b = Math.imul(b + a, 0x9e3779b1) ^ (b >>> 13);
  }
  return [a, b];
}

const encoder = new TextEncoder();
const plainBytes = new Uint8Array(2 ** 16);
const plainWords = new Int32Array(plainBytes.buffer);
const isLittleEndian = new Int8Array(new Int32Array([1]).buffer)[0] === 1;

/** Whether a text is ASCII and of a usual length: then its letters are in `plainBytes` now. */
function isPlain(value: string): boolean {
  const { length } = value;
  if (!isLittleEndian || length > plainBytes.length) return false;
  const { read, written } = encoder.encodeInto(value, plainBytes);
  return read === length && written === length;
}

/** The very same of a text in `plainBytes`, in half the time. */
function lanesOfPlain(length: number): readonly [number, number] {
  const whole = length & ~3;
  let [a, b] = [0x811c9dc5 | 0, length];
  for (let i = 0; i < whole >> 2; i++) {
    const four = plainWords[i] as number;
    a = Math.imul(a ^ four, 0x01000193);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b + four, 0x9e3779b1) ^ (b >>> 13);
  }
  for (let i = whole; i < length; i++) {
    a = Math.imul(a ^ (plainBytes[i] as number), 0x01000193);
    b = Math.imul(b + a, 0x9e3779b1) ^ (b >>> 13);
  }
  return [a, b];
}
