import type { Quantity } from "../quantity.ts";

/** What expressions are about; whole numbers are bigints, others numbers. */
export type Value = bigint | number | string | boolean | null | readonly Value[] | ValueMap | Special;

/** An object or a map. */
export type ValueMap = ReadonlyMap<Value, Value>;

/** What JSON has no values for; an error is a value, which goes up through all that needs it. */
export type Special =
  | { readonly tag: "error"; readonly text: string; readonly fatal?: boolean }
  | { readonly tag: "optional"; readonly value?: Value }
  | { readonly tag: "timestamp"; readonly nanos: bigint }
  | { readonly tag: "duration"; readonly nanos: bigint }
  | { readonly tag: "quantity"; readonly quantity: Quantity }
  | { readonly tag: "url"; readonly url: UrlParts }
  /** Of four or sixteen bytes. */
  | { readonly tag: "ip"; readonly bytes: readonly number[] }
  | { readonly tag: "cidr"; readonly bytes: readonly number[]; readonly bits: number }
  | { readonly tag: "semver"; readonly numbers: readonly [bigint, bigint, bigint]; readonly pre: readonly string[] }
  /** Says what is wrong with a text. */
  | { readonly tag: "format"; readonly errors: (text: string) => readonly string[] }
  | { readonly tag: "type"; readonly name: string }
  | { readonly tag: "authorizer"; readonly authorizer: Authorizing }
  | { readonly tag: "decision"; readonly allowed: boolean; readonly reason: string };

/** The parts of a URL, as they are written. */
export interface UrlParts {
  readonly text: string;
  readonly scheme: string;
  /** With its port. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** Who may do what: what is asked so far, and who answers. */
export interface Authorizing {
  readonly asked: Readonly<Record<string, string>>;
  /** Whether who asks may, or the account of that name. */
  judge(asked: Readonly<Record<string, string>>): { readonly allowed: boolean; readonly reason: string };
  /** What the request itself is about. */
  readonly request?: Readonly<Record<string, string>>;
}

/** A function; what it is called on is its first argument. `spend` is told of each step, and says whether there is more. */
export type CelFunction = (args: readonly Value[], spend: () => boolean) => Value;

/** An error of an expression. */
export type ErrorValue = Extract<Special, { tag: "error" }>;

/** It could not be told, and why. */
export const error = (text: string): ErrorValue => ({ tag: "error", text });
/** What comes of operands that nobody has a function for. */
export const noOverload: ErrorValue = error("no such overload");
/** What an evaluation ends with that costs too much. */
export const tooCostly: ErrorValue = {
  tag: "error",
  text: "operation cancelled: actual cost limit exceeded",
  fatal: true,
};
/** Nothing, where something may be. */
export const none: Special = { tag: "optional" };

/** Whether a value is a list. */
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
/** Whether a value is a map or an object. */
export const isMap = (value: Value): value is ValueMap => value instanceof Map;
/** Whether a value is one that JSON has none for. */
export const isSpecial = (value: Value): value is Special =>
  typeof value === "object" && value !== null && !isList(value) && !isMap(value);
/** Whether a value is an error. */
export const isError = (value: Value): value is ErrorValue => isSpecial(value) && value.tag === "error";
/** Whether a value is a number. */
export const isNumber = (value: Value): value is bigint | number =>
  typeof value === "bigint" || typeof value === "number";

/** The lists in which the order means nothing: sets, and maps of the named keys. */
export const unordered = new WeakSet<readonly Value[]>();

/** How much of a value has to be walked through. */
export function sizeOf(value: Value): number {
  if (typeof value === "string" || isList(value)) return value.length;
  return isMap(value) ? value.size : 1;
}

/** Whether two values are equal, as `==` says; `spend` is told of each step. */
export function equal(left: Value, right: Value, spend: () => boolean): boolean {
  if (!spend()) return false;
  if (left === right) return true;
  if (isNumber(left) && isNumber(right)) return compare(left, right) === 0;
  if (isList(left) && isList(right)) {
    if (left.length !== right.length) return false;
    if (unordered.has(left)) return left.every((each) => right.some((other) => !spend() || equal(each, other, spend)));
    return left.every((each, index) => equal(each, right[index] ?? null, spend));
  }
  if (isMap(left) && isMap(right)) {
    if (left.size !== right.size) return false;
    for (const [key, value] of left) {
      const other = right.get(key);
      if (other === undefined || !equal(value, other, spend)) return false;
    }
    return true;
  }
  if (!isSpecial(left) || !isSpecial(right) || left.tag !== right.tag) return false;
  if (left.tag === "type" && right.tag === "type") return left.name === right.name;
  if (left.tag === "url" && right.tag === "url") return left.url.text === right.url.text;
  if ("bytes" in left && "bytes" in right) return JSON.stringify(left) === JSON.stringify(right);
  if (left.tag === "semver" && right.tag === "semver") return compareVersions(left, right) === 0;
  if (left.tag === "quantity" && right.tag === "quantity") return left.quantity.nanos === right.quantity.nanos;
  if ("nanos" in left && "nanos" in right) return left.nanos === right.nanos;
  if (left.tag === "optional" && right.tag === "optional") {
    if (left.value === undefined || right.value === undefined) return left.value === right.value;
    return equal(left.value, right.value, spend);
  }
  return false;
}

type Version = Extract<Special, { readonly tag: "semver" }>;

/** The order of versions: by their numbers, then what is before a release before it (semver.org, 11). */
export function compareVersions(left: Version, right: Version): number {
  for (const [index, number] of left.numbers.entries()) {
    const other = right.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (left.pre.length === 0 || right.pre.length === 0) return Math.sign(right.pre.length - left.pre.length);
  for (let at = 0; at < Math.max(left.pre.length, right.pre.length); at++) {
    const [a, b] = [left.pre[at], right.pre[at]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    if (a === b) continue;
    const [isA, isB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
    if (isA && isB) return BigInt(a) < BigInt(b) ? -1 : 1;
    return isA !== isB ? (isA ? -1 : 1) : a < b ? -1 : 1;
  }
  return 0;
}

/** Negative, zero or positive, as the left is before, with or behind the right; undefined where there is no order. */
export function compare(left: Value, right: Value): number | undefined {
  if (isNumber(left) && isNumber(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  if (!isSpecial(left) || !isSpecial(right) || left.tag !== right.tag) return undefined;
  if (!("nanos" in left) || !("nanos" in right)) return undefined;
  return left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : 0;
}
