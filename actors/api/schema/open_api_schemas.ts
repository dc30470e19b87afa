/**
 * The definitions of types as OpenAPI schemas.
 */
import { present } from "../../kit/present.ts";
import type { KindDefinition } from "../kind.ts";
import type { Fields } from "../types.ts";
import { customSchema } from "./custom_schema.ts";
import { descriptions } from "./descriptions.generated.ts";
import { atomicDefinitions } from "./merge_keys.ts";
import { schemaProps } from "./protobuf_schema.ts";
import type { Definition, Field, FieldType, Scalar } from "./schema.ts";
import { definitionOf, shownName } from "./schema.ts";

/** Which OpenAPI a schema is written for. */
export type OpenApiVersion = "v2" | "v3";

const meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const intOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";

/** Scalars that have a definition of their own. */
const namedScalars: Partial<Record<Scalar, string>> = {
  intOrString,
  microTime: `${meta}MicroTime`,
  quantity,
  time: `${meta}Time`,
};

const anObject: Fields = { type: "object" };
const plainScalars: Partial<Record<Scalar, Fields>> = {
  boolean: { type: "boolean" },
  bytes: { type: "string", format: "byte" },
  double: { type: "number", format: "double" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  string: { type: "string" },
};

function namedScalarSchema(name: string, version: OpenApiVersion): Fields {
  const either = (...types: string[]): Fields => ({ oneOf: types.map((type) => ({ type })) });
  if (name === quantity) {
    const description = "Quantity is a fixed-point representation of a number.";
    return { description, ...(version === "v3" ? either("string", "number") : { type: "string" }) };
  }
  if (name === intOrString) {
    const description = "IntOrString is a type that can hold an int32 or a string.";
    const type = version === "v3" ? either("integer", "string") : { type: "string" };
    return { description, format: "int-or-string", ...type };
  }
  return { description: "A time in the form of RFC 3339.", type: "string", format: "date-time" };
}

/** The schemas of the kinds, their lists, and all types they reach, by definition name. */
export function kindSchemas(kinds: readonly KindDefinition[], version: OpenApiVersion): Fields {
  const schemas: Record<string, Fields> = {};
  const waiting: string[] = [`${meta}DeleteOptions`, `${meta}ListMeta`, `${meta}Status`];
  for (const kind of kinds) {
    waiting.push(kind.schema);
    if (kind.verbs.includes("list")) schemas[`${shownName(kind.schema)}List`] = listSchema(kind, version);
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const shown = shownName(name);
    if (schemas[shown] !== undefined) continue;
    const definition = definitionOf(name);
    schemas[shown] =
      definition === undefined ? namedScalarSchema(name, version) : definitionSchema(definition, version);
    if (definition?.open !== undefined) {
      waiting.push(`${meta}ObjectMeta`);
      continue;
    }
    for (const { type } of definition?.fields.values() ?? []) {
      const reference = referenceOf(type);
      if (reference !== undefined) waiting.push(reference);
    }
  }
  for (const kind of kinds) {
    const schema = schemas[shownName(kind.schema)];
    if (schema !== undefined) schema["x-kubernetes-group-version-kind"] = [gvk(kind, kind.kind)];
  }
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function gvk({ group, version }: KindDefinition, kind: string): Fields {
  return { group, kind, version };
}

function referenceOf(type: FieldType): string | undefined {
  switch (type.tag) {
    case "list":
      return referenceOf(type.item);
    case "map":
      return referenceOf(type.value);
    case "reference":
      return type.definition;
    case "scalar":
      return namedScalars[type.scalar];
  }
}

function refTo(name: string, version: OpenApiVersion): Fields {
  const shown = shownName(name);
  return { $ref: version === "v3" ? `#/components/schemas/${shown}` : `#/definitions/${shown}` };
}

/** @param any what a value of any sort is: an object, but where schemas are written, which may have all that JSON has */
function typeSchema(type: FieldType, version: OpenApiVersion, any: Fields = anObject): Fields {
  if (type.tag === "list") return { type: "array", items: itemSchema(type.item, version, any) };
  if (type.tag === "map") return { type: "object", additionalProperties: itemSchema(type.value, version, any) };
  const reference = referenceOf(type);
  if (reference === undefined) {
    if (type.tag !== "scalar") return {};
    return { ...(type.scalar === "any" ? any : plainScalars[type.scalar]) };
  }
  // In v3 a reference may have no neighbours, and a description is one.
  return version === "v3" ? { allOf: [refTo(reference, version)] } : refTo(reference, version);
}

function itemSchema(type: FieldType, version: OpenApiVersion, any: Fields): Fields {
  const schema = typeSchema(type, version, any);
  if (version === "v2" || type.tag !== "scalar") return schema;
  const zero =
    type.scalar === "string" ? "" : type.scalar.startsWith("int3") || type.scalar === "int64" ? 0 : undefined;
  return zero === undefined ? schema : { ...schema, default: zero };
}

function definitionSchema({ name, fields, open }: Definition, version: OpenApiVersion): Fields {
  if (open !== undefined) {
    const metadata = typeSchema({ tag: "reference", definition: `${meta}ObjectMeta` }, version);
    return customSchema(open.document, { version, metadata });
  }
  const texts = descriptions[name] ?? {};
  const properties: Fields = {};
  const required: string[] = [];
  for (const field of fields.values()) {
    const description = texts[field.name];
    properties[field.name] = {
      ...present({ description }),
      ...typeSchema(field.type, version, name === schemaProps ? {} : anObject),
      ...extensionsOf(field),
    };
    if (field.required) required.push(field.name);
  }
  return {
    ...(texts[""] ? { description: texts[""] } : {}),
    type: "object",
    ...(fields.size === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required: required.sort() }),
    ...(atomicDefinitions.has(name) ? { "x-kubernetes-map-type": "atomic" } : {}),
  };
}

function extensionsOf({ merge }: Field): Fields {
  if (merge === undefined) return {};
  const { strategies, mergeKey, listType, listKeys, mapType } = merge;
  return {
    ...present({ "x-kubernetes-map-type": mapType, "x-kubernetes-list-type": listType }),
    ...(listType === "map" ? { "x-kubernetes-list-map-keys": listKeys } : {}),
    ...present({ "x-kubernetes-patch-merge-key": mergeKey }),
    ...(strategies.length === 0 ? {} : { "x-kubernetes-patch-strategy": strategies.join(",") }),
  };
}

function listSchema(kind: KindDefinition, version: OpenApiVersion): Fields {
  const item: FieldType = { tag: "reference", definition: kind.schema };
  return {
    description: `${kind.listKind} is a list of ${kind.plural}.`,
    type: "object",
    properties: {
      apiVersion: { type: "string" },
      items: typeSchema({ tag: "list", item }, version),
      kind: { type: "string" },
      metadata: typeSchema({ tag: "reference", definition: `${meta}ListMeta` }, version),
    },
    required: ["items"],
    "x-kubernetes-group-version-kind": [gvk(kind, kind.listKind)],
  };
}
