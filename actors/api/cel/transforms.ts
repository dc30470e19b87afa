import { sortedBy } from "./library/lists.ts";
import { isError, isList, isMap, none, noOverload, type Special, type Value } from "./values.ts";

/** Loops that make something of each item with its place, or of each value with its key. */
export const transforms: ReadonlySet<string> = new Set([
  "transformList",
  "transformMap",
  "transformMapEntry",
  "sortBy",
]);
/** What is made of a value that may be there. */
export const optionalMacros: ReadonlySet<string> = new Set(["optMap", "optFlatMap"]);

/** How a loop's expressions are evaluated for one item. */
export interface Loop {
  readonly range: readonly Value[] | ReadonlyMap<Value, Value>;
  /** Whether the item is wanted at all; an error is none. */
  wants(at: Value, value: Value): Value;
  make(at: Value, value: Value): Value;
}

/** Goes through a list or a map. */
export function transform(name: string, { range, wants, make }: Loop): Value {
  const items: Value[] = [];
  const made = new Map<Value, Value>();
  const keys: Value[] = [];
  for (const [key, value] of range.entries()) {
    const at: Value = isList(range) ? BigInt(key as number) : (key as Value);
    const wanted = wants(at, value);
    if (isError(wanted)) return wanted;
    if (wanted !== true) continue;
    const each = make(at, value);
    if (isError(each)) return each;
    if (name === "sortBy") keys.push(each);
    if (name === "sortBy") items.push(value);
    else if (name === "transformList") items.push(each);
    else if (name === "transformMap") made.set(at, each);
    else if (!isMap(each)) return noOverload;
    else for (const [own, inner] of each) made.set(own, inner);
  }
  if (name === "sortBy") return sortedBy(items, keys);
  return name === "transformList" ? items : made;
}

/** What comes of a value that may be there. */
export function optionally(name: string, of: Value, make: (value: Value) => Value): Value {
  if (typeof of !== "object" || of === null || !("tag" in of) || of.tag !== "optional") return noOverload;
  if (of.value === undefined) return none;
  const value = make(of.value);
  return isError(value) || name === "optFlatMap" ? value : ({ tag: "optional", value } satisfies Special);
}
