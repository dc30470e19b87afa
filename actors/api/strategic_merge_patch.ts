/**
 * Strategic merge patch: a merge patch that knows, from the schema, which lists are sets or maps. The rules are
 * those of k8s.io/apimachinery util/strategicpatch.
 */

import { failed, ok, type Result } from "../kit/result.ts";
import { goFormat } from "./go_format.ts";
import { canonicalJson } from "./names.ts";
import type { Definition, Field, FieldType } from "./schema/schema.ts";
import { definitionOf } from "./schema/schema.ts";
import { orderBySetElementOrder } from "./strategic_merge_order.ts";
import type { Fields } from "./types.ts";
import { setOwn } from "./types.ts";

/** The directives by which a patch says more than "merge". */
export const directives = {
  patch: "$patch",
  retainKeys: "$retainKeys",
  setElementOrder: "$setElementOrder/",
  deleteFromPrimitiveList: "$deleteFromPrimitiveList/",
} as const;

/** Thrown inside this file only, to leave the recursion. */
class BadPatch extends Error {}

/** `original` with the patch applied by the schema of a definition, or why it cannot be; neither is changed. */
export function applyStrategicMergePatch(
  original: Fields,
  options: { patch: Fields; schema: string },
): Result<Fields, string> {
  try {
    return ok(mergeMap(original, options.patch, definitionOf(options.schema)));
  } catch (thrown) {
    if (!(thrown instanceof BadPatch)) throw thrown;
    return failed(thrown.message);
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The definition of what a type holds, if that has fields. */
export function definitionOfType(type: FieldType | undefined): Definition | undefined {
  return type?.tag === "reference" ? definitionOf(type.definition) : undefined;
}

function mergeMap(original: Fields, patch: Fields, definition: Definition | undefined): Fields {
  const directive = patch[directives.patch];
  if (directive === "replace") return withoutDirectives(patch) as Fields;
  if (directive === "delete") return {};
  if (directive !== undefined && directive !== "merge")
    throw new BadPatch(`unknown patch type: ${goFormat(directive)} in map: ${goFormat(patch)}`);
  const result: Fields = retained(original, patch);
  for (const key of Object.keys(patch)) {
    if (key.startsWith("$")) continue;
    const value = patch[key];
    if (value === null) delete result[key];
    else {
      const before = Object.hasOwn(result, key) ? result[key] : undefined;
      setOwn(result, { key, value: mergeField(before, value, definition?.fields.get(key)) });
    }
  }
  applyListDirectives(result, { original, patch, definition });
  return result;
}

/** A copy of the original, with only the keys that `$retainKeys` names, if the patch has it. */
function retained(original: Fields, patch: Fields): Fields {
  const list = patch[directives.retainKeys];
  if (list === undefined) return { ...original };
  const keys = new Set<unknown>(listOf(list, "retainKeys"));
  for (const key of Object.keys(patch)) {
    if (!key.startsWith("$") && patch[key] !== null && !keys.has(key)) {
      throw new BadPatch(`the patch's $retainKeys list does not contain all the keys of the patch: ${key} is missing`);
    }
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.has(key)));
}

function mergeField(original: unknown, value: unknown, field: Field | undefined): unknown {
  const merges = field?.merge?.strategies.includes("merge") === true;
  if (isObject(value)) {
    if (!isObject(original) || field?.merge?.strategies.includes("replace") === true) return withoutDirectives(value);
    return mergeMap(original, value, definitionOfType(field?.type));
  }
  if (!Array.isArray(value)) return value;
  if (!Array.isArray(original)) return withoutDirectives(value);
  if (!merges) return withoutDirectives(value);
  const mergeKey = field?.merge?.mergeKey;
  return mergeKey === undefined ? mergePrimitives(original, value) : mergeItems(original, value, { mergeKey, field });
}

function mergePrimitives(original: readonly unknown[], patch: readonly unknown[]): unknown[] {
  return [...new Set([...original, ...patch])];
}

interface ListContext {
  mergeKey: string;
  field: Field | undefined;
}

function mergeItems(original: readonly unknown[], patch: readonly unknown[], context: ListContext): unknown[] {
  const { mergeKey, field } = context;
  const item = field?.type.tag === "list" ? definitionOfType(field.type.item) : undefined;
  const items = patch.map((each) => {
    if (isObject(each)) return each;
    throw new BadPatch(`unable to merge list items that are no objects: ${JSON.stringify(each)}`);
  });
  if (items.some((each) => each[directives.patch] === "replace")) {
    return items.filter((each) => each[directives.patch] === undefined).map(withoutDirectives);
  }
  const result: unknown[] = [...original];
  const places = placesByKey(original, mergeKey);
  const gone = new Set<number>();
  for (const each of items) {
    const key = each[mergeKey];
    if (key === undefined) {
      throw new BadPatch(`map: ${JSON.stringify(each)} does not contain declared merge key: ${mergeKey}`);
    }
    const known = placeKey(key);
    const [place] = places.get(known) ?? [];
    if (each[directives.patch] === "delete") {
      for (const index of places.get(known) ?? []) gone.add(index);
      places.delete(known);
    } else if (place === undefined) {
      places.set(known, [result.push(withoutDirectives(each)) - 1]);
    } else {
      // Only objects have a place by a key.
      result[place] = mergeMap(result[place] as Fields, each, item);
    }
  }
  return gone.size === 0 ? result : result.filter((_, index) => !gone.has(index));
}

/** Where the items with each key are: looked for one by one, a list merged into a long one takes quadratic time. */
function placesByKey(list: readonly unknown[], mergeKey: string): Map<unknown, number[]> {
  const places = new Map<unknown, number[]>();
  for (const [index, each] of list.entries()) {
    if (!isObject(each)) continue;
    const key = placeKey(each[mergeKey]);
    const same = places.get(key);
    if (same) same.push(index);
    else places.set(key, [index]);
  }
  return places;
}

/** The same for values that are equal, whatever is in them; no text is made of what is none. */
function placeKey(key: unknown): unknown {
  return typeof key === "object" && key !== null ? `{} ${canonicalJson(key)}` : key;
}

/** Deletes from and orders the lists for which the patch has directives beside them. */
function applyListDirectives(
  result: Fields,
  { original, patch, definition }: { original: Fields; patch: Fields; definition: Definition | undefined },
): void {
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(directives.deleteFromPrimitiveList)) continue;
    const key = directive.slice(directives.deleteFromPrimitiveList.length);
    const gone = new Set<unknown>(listOf(patch[directive], "primitive list"));
    const list = result[key];
    if (!Array.isArray(list)) continue;
    // What the patch itself adds is not deleted by it.
    const added = new Set<unknown>(Array.isArray(patch[key]) ? (patch[key] as unknown[]) : []);
    result[key] = list.filter((each) => !gone.has(each) || added.has(each));
  }
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(directives.setElementOrder)) continue;
    const key = directive.slice(directives.setElementOrder.length);
    const order = listOf(patch[directive], "setElementOrder list");
    const list = result[key];
    if (!Array.isArray(list)) continue;
    const mergeKey = definition?.fields.get(key)?.merge?.mergeKey;
    if (mergeKey !== undefined && !order.every(isObject)) throw badFormat("setElementOrder list");
    const server = Array.isArray(original[key]) ? (original[key] as unknown[]) : [];
    result[key] = orderBySetElementOrder(list, { order, mergeKey, server });
  }
}

function listOf(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw badFormat(what);
}

function badFormat(what: string): BadPatch {
  return new BadPatch(`invalid patch format of ${what}`);
}

/** The value without directives and nulls: what a patch adds where there was nothing. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((each) => !isObject(each) || each[directives.patch] === undefined || each[directives.patch] === "merge")
      .map(withoutDirectives);
  }
  if (!isObject(value)) return value;
  if (value[directives.patch] === "delete") return {};
  const plain: Fields = {};
  for (const key of Object.keys(value)) {
    if (key.startsWith("$") || value[key] === null) continue;
    setOwn(plain, { key, value: withoutDirectives(value[key]) });
  }
  return plain;
}
