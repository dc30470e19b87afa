/** More levels than this are refused. */
export const depthMax = 1_000;

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [34, 92, 91, 93, 123, 125] as const;

/** Whether JSON nests so deeply that whoever walks over it would run out of stack. */
export function isTooDeep(text: string): boolean {
  let [depth, inString] = [0, false];
  for (let at = 0; at < text.length; at++) {
    // Nothing that is left could open enough levels.
    if (depth + text.length - at <= depthMax) return false;
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === backslash) at++;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === openBrace || code === openBracket) {
      if (++depth > depthMax) return true;
    } else if (code === closeBrace || code === closeBracket) depth--;
  }
  return false;
}
