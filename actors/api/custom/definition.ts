import { fnv1a } from "../names.ts";
import type { MergeRule } from "../schema/merge_rule.ts";
import { type Field, type FieldType, partSeparator, registerDefinition } from "../schema/schema.ts";
import { ownValue } from "../types.ts";
import { isFields, type JsonSchema } from "./json_schema.ts";
import { prune } from "./prune.ts";

const any: FieldType = { tag: "scalar", scalar: "any" };
const text: FieldType = { tag: "scalar", scalar: "string" };
const metadata: FieldType = { tag: "reference", definition: "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" };

/** Where a second hash of the same text begins: together they tell all schemas apart. */
const otherBasis = 0x9747b28c;
const hex = (hash: number): string => hash.toString(16).padStart(8, "0");

/** Of which type and version of a group the objects are. */
export interface CustomType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/**
 * Makes a schema of a custom resource known under a name of its own, by which patches, applies and documents find it as
 * they find those of other kinds. Equal schemas have equal names, whoever makes them known.
 */
export function defineSchema({ group, version, kind }: CustomType, schema: JsonSchema): string {
  const reversed = group.split(".").reverse().join(".");
  const written = JSON.stringify(schema);
  const shownAs = `${reversed}.${version}.${kind}`;
  const name = `x${hex(fnv1a(written))}${hex(fnv1a(written, otherBasis))}.${shownAs}`;
  const fields = fieldsOf(schema, name);
  for (const [field, type] of Object.entries({ apiVersion: text, kind: text, metadata })) {
    fields.set(field, { name: field, type, required: false, merge: undefined });
  }
  const part = (path: readonly string[]): ReadonlyMap<string, Field> | undefined => {
    const inner = partOf(schema, path);
    return inner && fieldsOf(inner, [name, ...path].join(partSeparator));
  };
  registerDefinition({
    name,
    fields,
    zeros: [],
    open: { prune: (object, embedded) => prune(object, schema, embedded), part, document: schema, shownAs },
  });
  return name;
}

/** The schema of the object at a path: of a list its items, of a map its values. */
function partOf(schema: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  let found: JsonSchema | undefined = schema;
  for (const name of path) {
    found = found?.properties === undefined ? undefined : ownValue(found.properties, name);
    while (found !== undefined && found.properties === undefined) {
      const { items, additionalProperties }: JsonSchema = found;
      found = items ?? (isFields(additionalProperties) ? (additionalProperties as JsonSchema) : undefined);
    }
  }
  return found;
}

function fieldsOf(schema: JsonSchema, name: string): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const [field, own] of Object.entries(schema.properties ?? {})) {
    const type = typeOf(own, `${name}${partSeparator}${field}`);
    fields.set(field, { name: field, type, required: false, merge: mergeOf(own) });
  }
  return fields;
}

function typeOf(schema: JsonSchema, name: string): FieldType {
  if (schema.type === "array")
    return { tag: "list", item: schema.items === undefined ? any : typeOf(schema.items, name) };
  if (schema.type !== "object" || schema["x-kubernetes-map-type"] === "atomic") return any;
  if (schema.properties !== undefined) return { tag: "reference", definition: name };
  const values = schema.additionalProperties;
  return isFields(values) ? { tag: "map", value: typeOf(values as JsonSchema, name) } : any;
}

function mergeOf(schema: JsonSchema): MergeRule | undefined {
  const listType = schema["x-kubernetes-list-type"];
  if (listType === undefined) return undefined;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const keyDefaults: Record<string, string> = {};
  for (const key of keys) {
    const usual = schema.items?.properties?.[key]?.default;
    if (typeof usual === "string") keyDefaults[key] = usual;
  }
  return { strategies: [], listType, ...(listType === "map" ? { listKeys: keys, keyDefaults } : {}) };
}
