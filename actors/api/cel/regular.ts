import { RE2JS } from "re2js";

const known = new Map<string, RE2JS | undefined>();
const knownMax = 1_000;
/** Longer patterns are not remembered. */
const knownCharsMax = 4_096;

/** A pattern as Go reads it, which is tried in linear time; undefined when it is none. */
export function regularExpression(text: string): RE2JS | undefined {
  if (known.has(text)) return known.get(text);
  let pattern: RE2JS | undefined;
  try {
    pattern = RE2JS.compile(text);
  } catch {
    pattern = undefined;
  }
  if (text.length > knownCharsMax) return pattern;
  if (known.size >= knownMax) known.clear();
  known.set(text, pattern);
  return pattern;
}

/** Whether a pattern is found in a text; undefined where the pattern is none. */
export function isFound(pattern: string, text: string): boolean | undefined {
  return regularExpression(pattern)?.matcher(text).find();
}
