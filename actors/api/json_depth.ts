/** More levels than this are refused. */
export const depthMax = 1_000;

/** Whether JSON nests so deeply that whoever walks over it would run out of stack. */
export function isTooDeep(text: string): boolean {
  let [depth, inString] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") {
      if (++depth > depthMax) return true;
    } else if (char === "}" || char === "]") depth--;
  }
  return false;
}
