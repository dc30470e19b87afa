/**
 * Random numbers that depend on nothing but a key: (seed, address, step number, draw number). A new draw in one
 * actor, or at one step, leaves every other number as it was.
 */
export interface Random {
  /** A number in [0, 1) with 32 random bits. */
  float(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
}

/** Mixes two 32-bit words into one; the finalizer of MurmurHash3. */
export function mix32(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 32-bit hash of a text. */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix32(h, text.length);
}

/** A stream of numbers drawn from one key. */
export function randomFrom(key: number): Random {
  let draw = 0;
  const next = () => mix32(key, draw++);
  return {
    float: () => next() / 0x1_0000_0000,
    int: (below) => Math.floor((next() / 0x1_0000_0000) * below),
  };
}
