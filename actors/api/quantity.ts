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

const decimalSuffixes: readonly string[] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binarySuffixes: readonly string[] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
// Maps: a suffix that a user wrote may be called like what every object has.
const decimalPowers = new Map(decimalSuffixes.map((suffix, index) => [suffix, index * 3 - 9]));
const binaryBits = new Map(binarySuffixes.slice(1).map((suffix, index) => [suffix, BigInt(index + 1) * 10n]));
const nanosPerUnit = 1_000_000_000n;
// Go keeps at most an int64 of units and cuts off what is above.
const nanosMax = (2n ** 63n - 1n) * nanosPerUnit;
/** What an exponent may be. */
const powerMax = 64;
/** More digits than this before the point are above the largest quantity, whatever the suffix. */
const wholeDigitsMax = 200;
/** Of what comes after this place behind the point it matters only whether it is zero. */
const fractionDigitsMax = 80;
/** Longer texts are not remembered. */
const cachedCharsMax = 64;

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
  if (text.length > cachedCharsMax) return parsed;
  if (cache.size >= cacheMax) cache.clear();
  cache.set(text, parsed);
  return parsed;
}

/** The parts of a quantity's text, read from the left in one go: an expression would try each split of its digits. */
interface Parts {
  readonly sign: string;
  readonly number: string;
  readonly suffix: string;
  readonly exponent: string;
}

function partsOf(text: string): Parts | undefined {
  let at = 0;
  const take = (isOne: (code: number) => boolean, countMax = Number.POSITIVE_INFINITY): string => {
    const start = at;
    while (at < text.length && at - start < countMax && isOne(text.charCodeAt(at))) at++;
    return text.slice(start, at);
  };
  const sign = take(isSign, 1);
  const number = take((code) => isDigit(code) || code === 0x2e);
  const suffix = take(isLetter);
  const exponent = take(isSign, 1) + take(isDigit);
  return at === text.length ? { sign, number, suffix, exponent } : undefined;
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
const isSign = (code: number) => code === 0x2b || code === 0x2d;
const isLetter = (code: number) => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;

/** Whether a text looks like a quantity, though it may be none: what a server says of it depends on that. */
export function hasQuantityShape(text: string): boolean {
  const parts = partsOf(text);
  return parts !== undefined && parts.number !== "" && /^[eEinumkKMGTP]*$/.test(parts.suffix);
}

function parse(text: string): Quantity | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const { sign, number, suffix, exponent } = parts;
  const [whole = "", fraction = "", ...more] = number.split(".", 3);
  if ((whole === "" && fraction === "") || more.length > 0) return undefined;
  const digits = significant(whole, fraction);
  const scaled = scale({
    mantissa: BigInt(digits.whole + digits.fraction),
    places: digits.fraction.length,
    suffix,
    exponent,
  });
  if (scaled === undefined) return undefined;
  const limited = scaled.nanos > nanosMax ? nanosMax : scaled.nanos;
  return { nanos: sign === "-" ? -limited : limited, format: scaled.format };
}

/** The digits that count, so that no number is longer than its value can need. */
function significant(whole: string, fraction: string): { readonly whole: string; readonly fraction: string } {
  let start = 0;
  while (whole[start] === "0" && start < whole.length - 1) start++;
  const kept = whole.slice(start);
  // Amounts are rounded up, so that something is left of what is cut off.
  const rest = fraction.length > fractionDigitsMax && /[1-9]/.test(fraction.slice(fractionDigitsMax)) ? "1" : "";
  return {
    whole: kept.length > wholeDigitsMax ? `1${"0".repeat(wholeDigitsMax)}` : kept,
    fraction: fraction.slice(0, fractionDigitsMax) + rest,
  };
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
    if (Math.abs(power) > powerMax) return undefined;
    return { nanos: shift(mantissa, power - places + 9), format: "DecimalExponent" };
  }
  const bits = binaryBits.get(suffix);
  if (bits !== undefined) return { nanos: shift(mantissa << bits, 9 - places), format: "BinarySI" };
  const power = decimalPowers.get(suffix);
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
