import { RE2JS } from "re2js";

const known = new Map<string, RE2JS | undefined>();
/** What all that are remembered are long together, but for the newest: that one is, whatever its length. */
const knownCharsMax = 256 * 1_024;
let knownChars = 0;

/** A pattern as Go reads it, which is tried in linear time; undefined when it is none. */
export function regularExpression(text: string): RE2JS | undefined {
  if (known.has(text)) return known.get(text);
  let pattern: RE2JS | undefined;
  try {
    pattern = RE2JS.compile(text);
  } catch {
    pattern = undefined;
  }
  if (knownChars + text.length > knownCharsMax) {
    known.clear();
    knownChars = 0;
  }
  known.set(text, pattern);
  knownChars += text.length;
  return pattern;
}

/** Whether a pattern is found in a text; undefined where the pattern is none. */
export function isFound(pattern: string, text: string): boolean | undefined {
  return regularExpression(pattern)?.matcher(text).find();
}
