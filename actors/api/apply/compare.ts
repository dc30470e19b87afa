/**
 * What differs between two states of an object, and all that an object has, as sets of fields.
 *
 * Source: `typed.TypedValue` of sigs.k8s.io/structured-merge-diff.
 */
import { jsonEqual } from "../types.ts";
import { fieldElement, itemElement, valueElement } from "./elements.ts";
import { type FieldSet, noFields, union } from "./field_set.ts";
import {
  fieldShape,
  isObject,
  type ListOfItems,
  type ListOfValues,
  leaf,
  type Mixed,
  type Shape,
  type Struct,
  shapeFor,
} from "./shape.ts";

/** What differs; no field is in more than one of the sets, and a set that is absent has none. */
export interface Comparison {
  /** What only the old one has. */
  readonly removed?: FieldSet;
  /** What both have, with different values. */
  readonly modified?: FieldSet;
  /** What only the new one has. */
  readonly added?: FieldSet;
}

type Differences = { -readonly [Key in keyof Comparison]: Record<string, FieldSet> };
const sorts = ["removed", "modified", "added"] as const;

/** What differs between two objects of a shape; undefined when nothing does. */
export function compare(old: unknown, now: unknown, shape: Shape): Comparison | undefined {
  if (old === now) return undefined;
  if (shape.tag === "leaf") return jsonEqual(old, now) ? undefined : { modified: noFields };
  if (shape.tag === "struct") return compareObjects(old, now, { shape, skipped: noFields });
  if (shape.tag === "mixed") return compareMixed(old, now, shape);
  return compareLists(old, now, shape);
}

/** The same, but for the fields of the object itself that are in `skipped` as a whole. */
export function compareBut(
  skipped: FieldSet,
  { live, now }: { readonly live: unknown; readonly now: unknown },
  shape: Shape,
): Comparison | undefined {
  return shape.tag === "struct" ? compareObjects(live, now, { shape, skipped }) : compare(live, now, shape);
}

/** What differs within one part: where only one state has it, all of it. */
function comparePart(old: unknown, now: unknown, shape: Shape): Comparison | undefined {
  if (old === now) return undefined;
  if (old === undefined) return { added: allOf(now, shape) };
  return now === undefined ? { removed: allOf(old, shape) } : compare(old, now, shape);
}

function compareMixed(old: unknown, now: unknown, shape: Mixed): Comparison | undefined {
  const [before, after] = [shapeFor(shape, old), shapeFor(shape, now)];
  if (before === after) return compare(old, now, after);
  // It is of another sort now: as either of them sees it.
  const [left, right] = [compare(old, now, before) ?? {}, compare(old, now, after) ?? {}];
  const result: Differences = {};
  for (const sort of sorts) {
    const [one, other] = [left[sort], right[sort]];
    const both = one && other ? union(one, other) : (one ?? other);
    if (both) result[sort] = both as Record<string, FieldSet>;
  }
  return result;
}

function note(differences: Differences | undefined, element: string, part: Comparison): Differences {
  const result = differences ?? {};
  for (const sort of sorts) {
    const set = part[sort];
    if (set === undefined) continue;
    const sets = result[sort] ?? {};
    sets[element] = set;
    result[sort] = sets;
  }
  return result;
}

interface ObjectShape {
  readonly shape: Struct;
  readonly skipped: FieldSet;
}

function compareObjects(old: unknown, now: unknown, { shape, skipped }: ObjectShape): Comparison | undefined {
  const [left, right] = [isObject(old) ? old : {}, isObject(now) ? now : {}];
  if (isWithoutFields(left) && isWithoutFields(right)) return jsonEqual(old, now) ? undefined : { modified: noFields };
  let found: Differences | undefined;
  for (const name in right) {
    const [was, is] = [Object.hasOwn(left, name) ? left[name] : undefined, right[name]];
    // What is null is as if it were not there.
    if (was === is || is === undefined || (is === null && was === undefined) || isSkipped(skipped, name)) continue;
    const part = comparePart(was, is, fieldShape(shape, name));
    if (part) found = note(found, fieldElement(name), part);
  }
  for (const name in left) {
    const was = left[name];
    if (
      was === undefined ||
      was === null ||
      isSkipped(skipped, name) ||
      (Object.hasOwn(right, name) && right[name] !== undefined)
    )
      continue;
    found = note(found, fieldElement(name), { removed: allOf(was, fieldShape(shape, name)) });
  }
  return found;
}

function isSkipped(skipped: FieldSet, name: string): boolean {
  if (skipped === noFields) return false;
  const inner = skipped[fieldElement(name)];
  return inner !== undefined && isWithoutFields(inner);
}

function isWithoutFields(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

type List = ListOfItems | ListOfValues;

function elementOf(item: unknown, shape: List): string {
  return shape.tag === "set" ? valueElement(item) : itemElement(item, shape);
}

function compareLists(old: unknown, now: unknown, shape: List): Comparison | undefined {
  const [left, right] = [Array.isArray(old) ? old : [], Array.isArray(now) ? now : []];
  if (left.length === 0 && right.length === 0) return jsonEqual(old, now) ? undefined : { modified: noFields };
  // Most lists that were not changed are so item by item.
  if (left.length === right.length && left.every((item, index) => jsonEqual(item, right[index]))) return undefined;
  const [before, after] = [grouped(left, shape), grouped(right, shape)];
  const inner = shape.tag === "set" ? leaf : shape.item;
  let found: Differences | undefined;
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    const part = compareItems(before.get(element) ?? [], after.get(element) ?? [], inner);
    if (part) found = note(found, element, part);
  }
  return found;
}

/** What is there more than once under one name is owned as a whole. */
function compareItems(old: readonly unknown[], now: readonly unknown[], shape: Shape): Comparison | undefined {
  if (old.length <= 1 && now.length <= 1) return comparePart(old[0], now[0], shape);
  if (old.length > 1 && now.length > 1) return jsonEqual(old, now) ? undefined : { modified: noFields };
  if (old.length > 1) {
    const added = now.length === 0 ? {} : { added: allOf(now[0], shape) };
    return { removed: noFields, ...added };
  }
  const removed = old.length === 0 ? {} : { removed: allOf(old[0], shape) };
  return { added: noFields, ...removed };
}

function grouped(items: readonly unknown[], shape: List): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const item of items) {
    const element = elementOf(item, shape);
    const same = groups.get(element);
    if (same) same.push(item);
    else groups.set(element, [item]);
  }
  return groups;
}

/** A value as it is taken away or added: itself and all that is in it. */
function allOf(value: unknown, shape: Shape): FieldSet {
  const own = shapeFor(shape, value);
  const parts: Record<string, FieldSet> = {};
  if (own.tag === "struct" && isObject(value)) {
    for (const name in value) {
      if (value[name] !== undefined) parts[fieldElement(name)] = allOf(value[name], fieldShape(own, name));
    }
  } else if ((own.tag === "items" || own.tag === "set") && Array.isArray(value)) {
    const inner = own.tag === "set" ? leaf : own.item;
    for (const [element, items] of grouped(value, own)) {
      parts[element] = items.length > 1 ? noFields : allOf(items[0], inner);
    }
  }
  return isWithoutFields(parts) ? noFields : { ".": noFields, ...parts };
}

/** The fields that an object has: its leaves, and the items of its lists and maps. */
export function fieldsOf(value: unknown, shape: Shape): FieldSet {
  return partsOf(value, shape) ?? noFields;
}

/** The tree of what is in a value; undefined for a leaf. */
function partsOf(value: unknown, shape: Shape): Record<string, FieldSet> | undefined {
  const own = shapeFor(shape, value);
  if (own.tag === "leaf") return undefined;
  const parts: Record<string, FieldSet> = {};
  if (own.tag === "struct") {
    if (!isObject(value)) return parts;
    for (const name in value) addField(parts, { name, value: value[name], struct: own });
    return parts;
  }
  if (!Array.isArray(value)) return parts;
  const inner = own.tag === "set" ? leaf : own.item;
  for (const [element, items] of grouped(value, own)) {
    const inside = items.length > 1 ? undefined : partsOf(items[0], inner);
    parts[element] = inside === undefined || isWithoutFields(inside) ? noFields : { ".": noFields, ...inside };
  }
  return parts;
}

interface OneField {
  readonly name: string;
  readonly value: unknown;
  readonly struct: Struct;
}

function addField(parts: Record<string, FieldSet>, { name, value, struct }: OneField): void {
  if (value === undefined) return;
  const inside = partsOf(value, fieldShape(struct, name));
  const isBare = value === null || (isObject(value) && isWithoutFields(value));
  if (inside === undefined || isBare) parts[fieldElement(name)] = noFields;
  else if (struct.field(name) === undefined)
    parts[fieldElement(name)] = isWithoutFields(inside) ? noFields : { ".": noFields, ...inside };
  else if (!isWithoutFields(inside)) parts[fieldElement(name)] = inside;
}
