/**
 * How server-side apply sees a field: as a whole, or as parts that have owners of their own. The list types, map types
 * and keys are the schema's, as Kubernetes publishes them.
 */
import { atomicDefinitions } from "../schema/merge_keys.ts";
import type { MergeRule } from "../schema/merge_rule.ts";
import { type Definition, definitionOf, type FieldType } from "../schema/schema.ts";
import type { Fields } from "../types.ts";

/** What the parts of a field are. */
export type Shape =
  | { readonly tag: "leaf" }
  | { readonly tag: "struct"; readonly definition: Definition }
  | { readonly tag: "map"; readonly value: Shape }
  /** A list whose items are told apart by fields of theirs. */
  | {
      readonly tag: "items";
      readonly item: Shape;
      readonly keys: readonly string[];
      readonly keyDefaults: Readonly<Record<string, string>>;
    }
  /** A list of values that are there once. */
  | { readonly tag: "set" };

const leaf: Shape = Object.freeze({ tag: "leaf" });

/** The shape of a type; `merge` is the rule of the field that has it. */
export function shapeOf(type: FieldType, merge?: MergeRule): Shape {
  if (type.tag === "scalar") return leaf;
  if (type.tag === "reference") return structShape(type.definition);
  if (type.tag === "map") return merge?.mapType === "atomic" ? leaf : { tag: "map", value: shapeOf(type.value) };
  if (merge?.listType === "set") return { tag: "set" };
  if (merge?.listType !== "map") return leaf;
  const { listKeys: keys = [], keyDefaults = {} } = merge;
  return { tag: "items", item: shapeOf(type.item), keys, keyDefaults };
}

/** The shape of a definition; what has no fields of its own is a leaf. */
export function structShape(name: string): Shape {
  const definition = definitionOf(name);
  if (definition === undefined || definition.fields.size === 0 || atomicDefinitions.has(name)) return leaf;
  return { tag: "struct", definition };
}

/** The shape of one field of a struct; a field that the definition does not have is a leaf. */
export function fieldShape({ fields }: Definition, name: string): Shape {
  const field = fields.get(name);
  return field === undefined ? leaf : shapeOf(field.type, field.merge);
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The names under which FieldsV1 writes parts down: a field's, a list item's and a set value's. */
export const partNames = {
  field: (name: string): string => `f:${name}`,
  item: (item: unknown, { keys, keyDefaults }: Shape & { readonly tag: "items" }): string => {
    const key = isObject(item) ? keys.map((name) => [name, item[name] ?? keyDefaults[name]] as const) : [];
    return `k:${JSON.stringify(Object.fromEntries([...key].sort(([a], [b]) => (a < b ? -1 : 1))))}`;
  },
  value: (value: unknown): string => `v:${JSON.stringify(value)}`,
};
