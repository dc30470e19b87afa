/**
 * Quantities: fixed-point numbers with a suffix (`100m`, `1.5Gi`, `2e3`), as k8s.io/apimachinery resource.Quantity.
 */

/** The family of suffixes a quantity was written with, and is written with again. */
export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

/** A number with nine places after the point and the way to write it. */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

/** What a real server says of text that is no quantity at all. */
export const quantityFormatError =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const shape = /^([+-]?)(\d*)(?:\.(\d*))?([a-zA-Z]*)([+-]?\d*)$/;
const decimalPowers: Record<string, number> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binaryPowers: Record<string, bigint> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const decimalSuffixes: readonly string[] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binarySuffixes: readonly string[] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const nanosPerUnit = 1_000_000_000n;
// Go keeps at most an int64 of units and cuts off what is above.
const nanosMax = (2n ** 63n - 1n) * nanosPerUnit;
const digitsMax = 64;

const cacheMax = 4096;
const cache = new Map<string, Quantity>();
const canonicalTexts = new WeakMap<Quantity, string>();

/** The quantity zero. */
export const zero: Quantity = { nanos: 0n, format: "DecimalSI" };

/** The quantity that `text` writes, or `undefined` if it writes none. */
export function parseQuantity(text: string): Quantity | undefined {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const parsed = parse(text);
  if (parsed === undefined) return undefined;
  if (cache.size >= cacheMax) cache.clear();
  cache.set(text, parsed);
  return parsed;
}

function parse(text: string): Quantity | undefined {
  const parts = shape.exec(text);
  if (parts === null) return undefined;
  const [, sign = "", whole = "", fraction = "", suffix = "", exponent = ""] = parts;
  if (whole === "" && fraction === "") return undefined;
  if (whole.length + fraction.length > digitsMax) return undefined;
  const mantissa = BigInt(whole + fraction);
  const scaled = scale({ mantissa, places: fraction.length, suffix, exponent });
  if (scaled === undefined) return undefined;
  const limited = scaled.nanos > nanosMax ? nanosMax : scaled.nanos;
  return { nanos: sign === "-" ? -limited : limited, format: scaled.format };
}

interface Written {
  mantissa: bigint;
  places: number;
  suffix: string;
  exponent: string;
}

function scale({ mantissa, places, suffix, exponent }: Written): Quantity | undefined {
  if (exponent !== "") {
    if ((suffix !== "e" && suffix !== "E") || !/\d/.test(exponent)) return undefined;
    const power = Number(exponent);
    if (Math.abs(power) > digitsMax) return undefined;
    return { nanos: shift(mantissa, power - places + 9), format: "DecimalExponent" };
  }
  const bits = binaryPowers[suffix];
  if (bits !== undefined) return { nanos: shift(mantissa << bits, 9 - places), format: "BinarySI" };
  const power = decimalPowers[suffix];
  return power === undefined ? undefined : { nanos: shift(mantissa, power - places + 9), format: "DecimalSI" };
}

/** `value` times a power of ten; what falls off below is rounded up, away from zero. */
function shift(value: bigint, power: number): bigint {
  return power >= 0 ? value * 10n ** BigInt(power) : divideUp(value, 10n ** BigInt(-power));
}

function divideUp(value: bigint, by: bigint): bigint {
  const whole = value / by;
  if (whole * by === value) return whole;
  return value > 0n ? whole + 1n : whole - 1n;
}

/** The canonical text: no fraction, the largest suffix that keeps the value whole. */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return "0";
  const small = nanos > -1024n * nanosPerUnit && nanos < 1024n * nanosPerUnit;
  if (format === "BinarySI" && !small && nanos % nanosPerUnit === 0n) {
    const { rest, count } = divideOut(nanos / nanosPerUnit, { by: 1024n, countMax: 6 });
    return `${rest}${binarySuffixes[count] ?? ""}`;
  }
  const { rest, count } = divideOut(nanos, { by: 1000n, countMax: 9 });
  if (format === "DecimalExponent") return count === 3 ? String(rest) : `${rest}e${count * 3 - 9}`;
  return `${rest}${decimalSuffixes[count] ?? ""}`;
}

function divideOut(value: bigint, options: { by: bigint; countMax: number }): { rest: bigint; count: number } {
  let rest = value;
  let count = 0;
  while (count < options.countMax && rest % options.by === 0n) {
    rest /= options.by;
    count++;
  }
  return { rest, count };
}

/** The canonical form of a quantity's text, or the text itself if it is no quantity. */
export function canonicalQuantity(text: string): string {
  const quantity = parseQuantity(text);
  if (quantity === undefined) return text;
  let canonical = canonicalTexts.get(quantity);
  if (canonical === undefined) {
    canonical = formatQuantity(quantity);
    canonicalTexts.set(quantity, canonical);
  }
  return canonical;
}

/** Negative, zero or positive as `left` is less than, equal to or more than `right`. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  return left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : 0;
}

/** The sum; it is written as the first, unless the first is zero. */
export function addQuantities(left: Quantity, right: Quantity): Quantity {
  return { nanos: left.nanos + right.nanos, format: left.nanos === 0n ? right.format : left.format };
}

/** The difference; it is written as the first, unless the first is zero. */
export function subtractQuantities(left: Quantity, right: Quantity): Quantity {
  return { nanos: left.nanos - right.nanos, format: left.nanos === 0n ? right.format : left.format };
}

/** The value in whole units, rounded up; 0 for text that is no quantity. */
export function unitsOf(text: string | undefined): number {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity === undefined ? 0 : Number(divideUp(quantity.nanos, nanosPerUnit));
}

/** The value in thousandths, rounded up; 0 for text that is no quantity. */
export function millisOf(text: string | undefined): number {
  const quantity = text === undefined ? undefined : parseQuantity(text);
  return quantity === undefined ? 0 : Number(divideUp(quantity.nanos, 1_000_000n));
}
