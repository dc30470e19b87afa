/**
 * The names under which FieldsV1 writes the parts of a value: `f:name` a field, `k:{"name":"web"}` an item of a list by
 * its keys, `v:"a"` a value of a set. Between them the parts have an order, in which sets are written.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */

import { failed, ok, type Result } from "../../kit/result.ts";
import { readJson } from "../json_text.ts";
import { isObject, type ListOfItems } from "./shape.ts";

/** The name of a field. */
export function fieldElement(name: string): string {
  return `f:${name}`;
}

/** The name of a value in a set. */
export function valueElement(value: unknown): string {
  return `v:${JSON.stringify(value)}`;
}

/** The name of an item of a list; keys that it does not say are what they are by default. */
export function itemElement(item: unknown, { keys, keyDefaults }: ListOfItems): string {
  if (keys.length === 1) {
    const [key = ""] = keys;
    return `k:{${JSON.stringify(key)}:${JSON.stringify(keyOf(item, key) ?? keyDefaults[key]) ?? "null"}}`;
  }
  const values = keys.map((name) => [name, keyOf(item, name) ?? keyDefaults[name]] as const);
  return `k:${JSON.stringify(Object.fromEntries(values.sort(([a], [b]) => (a < b ? -1 : 1))))}`;
}

function keyOf(item: unknown, key: string): unknown {
  return isObject(item) && Object.hasOwn(item, key) ? item[key] : undefined;
}

/** The name in the form in which all are written; undefined for one of a sort that nobody knows, which is dropped. */
export function canonicalElement(text: string): Result<string | undefined, string> {
  if (text.length < 2) return failed("key must be 2 characters long:");
  if (text[1] !== ":") return failed(`missing colon: ${text}`);
  const sort = text[0];
  if (sort === "f") return ok(text);
  if (sort === "i") return /^i:-?\d+$/.test(text) ? ok(text) : failed(`parsing ${JSON.stringify(text.slice(2))}`);
  if (sort !== "k" && sort !== "v") return ok(undefined);
  const value = readJson(text.slice(2));
  if (!value.ok) return value;
  if (sort === "v") return ok(valueElement(value.value));
  if (!isObject(value.value)) return failed(`${text} is no object`);
  const keys = Object.entries(value.value).sort(([a], [b]) => (a < b ? -1 : 1));
  return ok(`k:${JSON.stringify(Object.fromEntries(keys))}`);
}

const ranks: Readonly<Record<string, number>> = { f: 0, k: 1, v: 2, i: 3 };

/** These names in the order in which a set is written: fields, then items, then values. */
export function sortElements(elements: readonly string[]): readonly string[] {
  if (elements.length < 2) return elements;
  // Of these the texts are in the order of what they name.
  if (elements.every(isPlain)) return areSorted(elements) ? elements : [...elements].sort();
  return elements
    .map((element) => ({ element, rank: ranks[element[0] ?? ""] ?? 4, value: valueIn(element) }))
    .sort((a, b) => a.rank - b.rank || compareValues(a.value, b.value))
    .map(({ element }) => element);
}

/** An item by one key that is a text, in which nothing comes before the quote at its end. */
const plainItem = /^k:\{"\w+":"[^ !"\\]*"\}$/;

function isPlain(element: string): boolean {
  return element.startsWith("f:") || plainItem.test(element);
}

function areSorted(elements: readonly string[]): boolean {
  return elements.every((each, index) => index === 0 || (elements[index - 1] ?? "") < each);
}

function valueIn(element: string): unknown {
  return element.startsWith("f:") ? element.slice(2) : JSON.parse(element.slice(2));
}

/** Numbers come before texts, and texts before truth values, as structured-merge-diff has it. */
function compareValues(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  const difference = sortOf(left) - sortOf(right);
  if (difference !== 0) return difference;
  if (typeof left === "boolean") return Number(left) - Number(right);
  return isObject(left) && isObject(right) ? compareKeys(Object.entries(left), Object.entries(right)) : 0;
}

type Entries = readonly (readonly [string, unknown])[];

function compareKeys(left: Entries, right: Entries): number {
  for (const [index, [name, value]] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const difference = compareValues(name, other[0]) || compareValues(value, other[1]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function sortOf(value: unknown): number {
  if (typeof value === "number") return 0;
  if (typeof value === "string") return 1;
  if (typeof value === "boolean") return 2;
  return value === null ? 4 : 3;
}

/** A part as people read it: `.spec`, `[name="web"]`, `[="a"]`. */
export function shownElement(element: string): string {
  const text = element.slice(2);
  if (element.startsWith("f:")) return `.${text}`;
  if (element.startsWith("i:")) return `[${text}]`;
  const value: unknown = JSON.parse(text);
  if (element.startsWith("v:")) return `[=${text}]`;
  return `[${Object.entries(value as object)
    .map(([name, each]) => `${name}=${JSON.stringify(each)}`)
    .join(",")}]`;
}
