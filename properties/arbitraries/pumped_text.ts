import fc from "fast-check";

/** A text that a stranger makes long: a beginning, something again and again, and an end that may spoil it all. */
export interface PumpedText {
  readonly before: string;
  readonly pumped: string;
  readonly after: string;
}

/** Words of which pumped texts are made, beside the letters of a language: what has stopped parsers before. */
const anyWords = ["a", "0", " ", "\n", "\t", "-", "_", ".", "/", "\\", "é", "\u0000", "constructor", "__proto__"];

/** Texts that are pumped of a language's own words, and of what is foreign to it. */
export function pumpedText(words: readonly string[]): fc.Arbitrary<PumpedText> {
  const word = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, fc.constantFrom(...anyWords));
  const some = (maxLength: number, minLength = 0) =>
    fc.array(word, { minLength, maxLength }).map((parts) => parts.join(""));
  return fc.record({ before: some(3), pumped: some(3, 1), after: some(2) });
}

/** The text at about a size. */
export function pump({ before, pumped, after }: PumpedText, size: number): string {
  return before + pumped.repeat(Math.max(1, Math.round(size / pumped.length))) + after;
}
