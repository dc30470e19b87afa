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
  | { readonly tag: "quantity"; readonly quantity: Quantity };

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
  if (left.tag === "quantity" && right.tag === "quantity") return left.quantity.nanos === right.quantity.nanos;
  if ("nanos" in left && "nanos" in right) return left.nanos === right.nanos;
  if (left.tag === "optional" && right.tag === "optional") {
    if (left.value === undefined || right.value === undefined) return left.value === right.value;
    return equal(left.value, right.value, spend);
  }
  return false;
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
