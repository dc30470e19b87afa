/**
 * The shapes of custom resources, from their own schemas.
 *
 * Source: `ToSchemaFromOpenAPI` of k8s.io/kube-openapi.
 */
import { isFields, type JsonSchema } from "../custom/json_schema.ts";
import { ownValue } from "../types.ts";
import {
  guessed,
  type Leaf,
  type ListOfItems,
  type ListOfValues,
  leaf,
  type Shape,
  type Struct,
  setOfValues,
} from "./shape.ts";

/** Where in a resource a schema stands. */
export interface CustomPlace {
  /** The shape of the metadata of every object. */
  readonly metadata: Shape;
  /** Whether it is the schema of the resource itself. */
  readonly isRoot?: boolean;
  /** Whether a schema around it says that fields that nobody declares are kept. */
  readonly keepsAll?: boolean;
}

/** The shape of an object with this schema. */
export function customShape(schema: JsonSchema, place: CustomPlace): Leaf | Struct {
  if (schema["x-kubernetes-map-type"] === "atomic") return leaf;
  const keepsAll = place.keepsAll === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const inside: CustomPlace = { metadata: place.metadata, keepsAll };
  const { properties, additionalProperties: others } = schema;
  const isObject = place.isRoot === true || schema["x-kubernetes-embedded-resource"] === true;
  const isFree = others === undefined && (keepsAll || Object.keys(properties ?? {}).length === 0);
  const other =
    others === true || isFree ? guessed : isFields(others) ? shapeIn(others as JsonSchema, inside) : undefined;
  const shapes = new Map<string, Shape>();
  if (isObject) for (const [name, shape] of commonFields(place.metadata)) shapes.set(name, shape);
  return {
    tag: "struct",
    field(name) {
      let shape = shapes.get(name);
      if (shape === undefined) {
        const own = properties && ownValue(properties, name);
        if (own === undefined) return undefined;
        shape = shapeIn(own, inside);
        shapes.set(name, shape);
      }
      return shape;
    },
    other: place.isRoot && others === undefined && !keepsAll ? undefined : other,
    // What declares no field tells nothing of what is inside.
    ...(isFree && properties === undefined && !isObject ? { isGuessed: true } : {}),
  };
}

function commonFields(metadata: Shape): readonly (readonly [string, Shape])[] {
  return [
    ["apiVersion", leaf],
    ["kind", leaf],
    ["metadata", metadata],
  ];
}

function shapeIn(schema: JsonSchema, place: CustomPlace): Shape {
  if (schema.type === "object") return customShape(schema, place);
  if (schema.type === "array") return listShape(schema, place);
  if (schema.type !== undefined) return leaf;
  return { tag: "mixed", object: customShape(schema, place), list: listShape(schema, place) };
}

function listShape(schema: JsonSchema, place: CustomPlace): Leaf | ListOfItems | ListOfValues {
  const keepsAll = place.keepsAll === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const { items } = schema;
  if (schema["x-kubernetes-list-type"] === "set") return setOfValues;
  if (schema["x-kubernetes-list-type"] !== "map" || items === undefined) return leaf;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const defaults = keys.flatMap((key) => {
    const value = ownValue(items.properties, key)?.default;
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    tag: "items",
    item: shapeIn(items, { metadata: place.metadata, keepsAll }),
    keys,
    keyDefaults: Object.fromEntries(defaults),
  };
}
