/** So long an answer may become by telling of one more error: each shows what a client wrote, however long that is. */
const charsMax = 256 * 1024;

/** Texts of which an answer tells as many as it has room for, and counts the rest. */
export interface BoundedTexts {
  push(text: string): void;
  /** What there is to tell. */
  all(): readonly string[];
}

/** Collects what is wrong, to be told of in one answer. */
export function createBoundedTexts(): BoundedTexts {
  const texts: string[] = [];
  let [chars, left] = [0, 0];
  return {
    push(text) {
      if (chars > charsMax) left++;
      else {
        texts.push(text);
        chars += text.length;
      }
    },
    all: () => (left === 0 ? texts : [...texts, `and ${left} more`]),
  };
}
