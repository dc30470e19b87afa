/**
 * The strategic merge patch between two versions of an object, as kubectl and controllers compute it.
 */

import type { Definition, Field } from "./schema/schema.ts";
import { definitionOf } from "./schema/schema.ts";
import { definitionOfType, directives } from "./strategic_merge_patch.ts";
import type { Fields, Frozen } from "./types.ts";
import { jsonEqual, ownValue, setOwn } from "./types.ts";

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The patch that makes `modified` of `original`, by the schema of a definition; `{}` if they are equal. */
export function createStrategicMergePatch(
  original: Frozen<object>,
  options: { modified: Frozen<object>; schema: string },
): Fields {
  return diffMap(original as Fields, options.modified as Fields, definitionOf(options.schema));
}

function diffMap(original: Fields, modified: Fields, definition: Definition | undefined): Fields {
  const patch: Fields = {};
  for (const key of Object.keys(modified)) {
    const before = ownValue(original, key);
    const after = modified[key];
    if (after === undefined || jsonEqual(before, after)) continue;
    diffField(patch, { key, before, after, field: definition?.fields.get(key) });
  }
  for (const key of Object.keys(original)) {
    if (original[key] !== undefined && ownValue(modified, key) === undefined) setOwn(patch, { key, value: null });
  }
  return patch;
}

interface FieldDiff {
  key: string;
  before: unknown;
  after: unknown;
  field: Field | undefined;
}

function diffField(patch: Fields, { key, before, after, field }: FieldDiff): void {
  const rule = field?.merge;
  if (isObject(before) && isObject(after)) {
    const inner = diffMap(before, after, definitionOfType(field?.type));
    if (rule?.strategies.includes("retainKeys") === true) inner[directives.retainKeys] = Object.keys(after);
    setOwn(patch, { key, value: inner });
    return;
  }
  const merges = rule?.strategies.includes("merge") === true && Array.isArray(before) && Array.isArray(after);
  if (!merges) {
    setOwn(patch, { key, value: after });
    return;
  }
  if (rule.mergeKey === undefined) diffPrimitives(patch, { key, before, after });
  else diffItems(patch, { key, before, after, mergeKey: rule.mergeKey, field });
}

interface ListDiff {
  key: string;
  before: readonly unknown[];
  after: readonly unknown[];
}

function diffPrimitives(patch: Fields, { key, before, after }: ListDiff): void {
  const [was, is] = [new Set(before), new Set(after)];
  const added = after.filter((item) => !was.has(item));
  const gone = before.filter((item) => !is.has(item));
  if (added.length > 0) patch[key] = added;
  if (gone.length > 0) patch[`${directives.deleteFromPrimitiveList}${key}`] = gone;
  patch[`${directives.setElementOrder}${key}`] = after;
}

function diffItems(patch: Fields, diff: ListDiff & { mergeKey: string; field: Field | undefined }): void {
  const { key, before, after, mergeKey, field } = diff;
  const item = field?.type.tag === "list" ? definitionOfType(field.type.item) : undefined;
  const retains = field?.merge?.strategies.includes("retainKeys") === true;
  const keyed = (list: readonly unknown[]) => new Map(list.map((each) => [(each as Fields)[mergeKey], each as Fields]));
  const was = keyed(before);
  const is = keyed(after);
  if (was.size !== before.length || is.size !== after.length) {
    // Keys that are not unique cannot be merged by: the list is replaced as a whole.
    patch[key] = [...after, { [directives.patch]: "replace" }];
    return;
  }
  const items: Fields[] = [];
  for (const [name, each] of is) {
    const old = was.get(name);
    if (old === undefined) items.push(each);
    else if (!jsonEqual(old, each)) {
      const inner: Fields = { [mergeKey]: name, ...diffMap(old, each, item) };
      if (retains) inner[directives.retainKeys] = Object.keys(each);
      items.push(inner);
    }
  }
  for (const name of was.keys()) if (!is.has(name)) items.push({ [mergeKey]: name, [directives.patch]: "delete" });
  if (items.length > 0) patch[key] = items;
  patch[`${directives.setElementOrder}${key}`] = after.map((each) => ({ [mergeKey]: (each as Fields)[mergeKey] }));
}
