const decimal = /^[+-]?\d+$/;
const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/** A whole number as Go's `ParseInt` reads it, base 10 and 64 bits: `0x10`, `5.5` and what does not fit are none. */
export function parseInt64(text: string): bigint | undefined {
  if (!decimal.test(text)) return undefined;
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  return value < least || value > most ? undefined : value;
}

/** How one text compares with another as numbers of 64 bits; undefined when one of them is no such number. */
export function compareInt64(left: string, right: string): -1 | 0 | 1 | undefined {
  const [a, b] = [parseInt64(left), parseInt64(right)];
  if (a === undefined || b === undefined) return undefined;
  return a < b ? -1 : a > b ? 1 : 0;
}
