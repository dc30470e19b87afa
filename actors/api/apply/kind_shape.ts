/**
 * The shapes of kinds, by the names of their definitions. The list types, map types and keys are the schema's, as
 * Kubernetes publishes them; of a custom resource they are its definition's.
 */
import type { JsonSchema } from "../custom/json_schema.ts";
import { atomicDefinitions } from "../schema/merge_keys.ts";
import type { MergeRule } from "../schema/merge_rule.ts";
import { type Definition, definitionOf, type FieldType } from "../schema/schema.ts";
import { customShape } from "./custom_shape.ts";
import { type Leaf, leaf, mapOf, type Shape, type Struct, setOfValues } from "./shape.ts";

const known = new WeakMap<Definition, Leaf | Struct>();

/** The shape of a definition of this name; what has no fields of its own is a leaf. */
export function structShape(name: string): Leaf | Struct {
  return atomicDefinitions.has(name) ? leaf : granularShape(name);
}

/** The same, though the definition be one that is taken as a whole elsewhere. */
function granularShape(name: string): Leaf | Struct {
  const definition = definitionOf(name);
  if (definition === undefined) return leaf;
  let shape = known.get(definition);
  if (shape === undefined) {
    shape = shapeOfDefinition(definition);
    known.set(definition, shape);
  }
  return shape;
}

function shapeOfDefinition({ fields, open }: Definition): Leaf | Struct {
  if (open !== undefined) {
    return customShape(open.document as JsonSchema, {
      metadata: structShape("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"),
      isRoot: true,
    });
  }
  if (fields.size === 0) return leaf;
  const shapes = new Map<string, Shape>();
  return {
    tag: "struct",
    field(name) {
      let shape = shapes.get(name);
      if (shape === undefined) {
        const field = fields.get(name);
        if (field === undefined) return undefined;
        shape = shapeOf(field.type, field.merge);
        shapes.set(name, shape);
      }
      return shape;
    },
    other: undefined,
  };
}

/** The shape of a type; `merge` is the rule of the field that has it. */
function shapeOf(type: FieldType, merge?: MergeRule): Shape {
  if (type.tag === "scalar") return leaf;
  if (type.tag === "reference") {
    return merge?.mapType === "granular" ? granularShape(type.definition) : structShape(type.definition);
  }
  if (type.tag === "map") return merge?.mapType === "atomic" ? leaf : mapOf(shapeOf(type.value));
  if (merge?.listType === "set") return setOfValues;
  if (merge?.listType !== "map") return leaf;
  const { listKeys: keys = [], keyDefaults = {} } = merge;
  return { tag: "items", item: shapeOf(type.item), keys, keyDefaults };
}
