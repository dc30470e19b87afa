/** What was made of texts before: what is asked for again is found, and what is not is forgotten in time. */
export interface Memo<Value> {
  /** What was made of a text, or is made of it now. */
  get(text: string, make: (text: string) => Value): Value;
}

/**
 * Makes a memory for so many texts, and at most as many older ones. It is in two generations: what is found in the old
 * one is carried over, the rest goes when the young one is full.
 */
export function createMemo<Value>(textsMax: number): Memo<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  return {
    get(text, make) {
      let value = young.get(text);
      if (value !== undefined) return value;
      value = old.get(text) ?? make(text);
      if (young.size >= textsMax) {
        old = young;
        young = new Map();
      }
      young.set(text, value);
      return value;
    },
  };
}
