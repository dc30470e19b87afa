/**
 * The definitions of all types: their fields, what each holds, how lists merge. Compiled from the generated text
 * when they are first asked for, and kept.
 */

import type { JsonSchema } from "../custom/json_schema.ts";
import { mergeRules } from "./merge_keys.ts";
import type { MergeRule } from "./merge_rule.ts";
import { schemas } from "./schemas.generated.ts";

/** What a field holds that has no fields of its own. */
export type Scalar =
  | "string"
  | "int32"
  | "int64"
  | "double"
  | "boolean"
  | "bytes"
  | "time"
  | "microTime"
  | "quantity"
  | "intOrString"
  | "any";

/** What a field holds. */
export type FieldType =
  | { readonly tag: "scalar"; readonly scalar: Scalar }
  | { readonly tag: "list"; readonly item: FieldType }
  | { readonly tag: "map"; readonly value: FieldType }
  | { readonly tag: "reference"; readonly definition: string };

/** One field of a definition. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** How patches merge the field and how its list's items are told apart, if it is special in that. */
  readonly merge: MergeRule | undefined;
}

/** Is told of an object that is embedded in another, and where: what every object has in it is nobody's own schema. */
export type Embedded = (object: Record<string, unknown>, path: readonly string[]) => void;

/** A type with fields. */
export interface Definition {
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** The fields that an object has even when nobody set them: Go writes those of its zero value. */
  readonly zeros: readonly Field[];
  /** For custom resources: their own schema says what they have beside what every object has. */
  readonly open?: {
    /** Drops what the schema does not know, in place, and says where it was; tells of the objects that are embedded. */
    prune(object: Record<string, unknown>, embedded?: Embedded): string[];
    /** The fields of an object inside; undefined when there is none that has any. */
    part(path: readonly string[]): ReadonlyMap<string, Field> | undefined;
    /** The schema that the client wrote. */
    readonly document: JsonSchema;
    /** The name under which documents show it. */
    readonly shownAs: string;
  };
}

const compiled = new Map<string, Definition>();
/** The names of definitions that clients brought, the oldest first. */
const brought = new Set<string>();
const broughtMax = 10_000;
/** Between the name of a client's definition and the fields that lead to an object inside. */
export const partSeparator = ">";

/** Makes a definition known under its name. Equal names stand for equal definitions; the oldest are forgotten. */
export function registerDefinition(definition: Definition): void {
  compiled.set(definition.name, definition);
  brought.delete(definition.name);
  brought.add(definition.name);
  if (brought.size <= broughtMax) return;
  const [oldest] = brought;
  if (oldest === undefined) return;
  brought.delete(oldest);
  compiled.delete(oldest);
}

/** The definition of a name such as `io.k8s.api.core.v1.Pod`; `undefined` if no kind reaches such a type. */
export function definitionOf(name: string): Definition | undefined {
  let definition = compiled.get(name);
  if (definition === undefined && name.includes(partSeparator)) return partDefinition(name);
  const written = schemas[name];
  if (definition !== undefined || written === undefined) return definition;
  const fields = new Map<string, Field>();
  for (const [field, text] of Object.entries(written)) {
    const required = text.endsWith("!");
    const type = parseType(required ? text.slice(0, -1) : text);
    fields.set(field, { name: field, type, required, merge: mergeRules[name]?.[field] });
  }
  const zeros = [...fields.values()].filter(({ required, type }) => required && isWrittenWhenZero(type));
  definition = { name, fields, zeros };
  compiled.set(name, definition);
  return definition;
}

/** The name under which documents show a definition: a client's own is kept under another, which tells its changes apart. */
export function shownName(name: string): string {
  return compiled.get(name)?.open?.shownAs ?? name;
}

/** The definition of an object inside of what a client's definition defines: made when it is asked for. */
function partDefinition(name: string): Definition | undefined {
  const [root = "", ...path] = name.split(partSeparator);
  const fields = compiled.get(root)?.open?.part(path);
  return fields && { name, fields, zeros: [] };
}

/** Selectors and times are pointers, or written as null, when nobody set them. */
function isWrittenWhenZero(type: FieldType): boolean {
  if (type.tag === "reference") return !type.definition.endsWith(".LabelSelector");
  return type.tag !== "scalar" || (type.scalar !== "time" && type.scalar !== "microTime" && type.scalar !== "any");
}

function parseType(text: string): FieldType {
  if (text.startsWith("[]")) return { tag: "list", item: parseType(text.slice(2)) };
  if (text.startsWith("{}")) return { tag: "map", value: parseType(text.slice(2)) };
  if (text.includes(".")) return { tag: "reference", definition: text };
  // The generator writes no other words.
  return { tag: "scalar", scalar: text as Scalar };
}

/** The last part of a definition's name: `Pod`. */
export function shortName(definition: string): string {
  return definition.slice(definition.lastIndexOf(".") + 1);
}

/** The name of Go's type for a field's type, as decoding errors show it. */
export function goTypeName(type: FieldType): string {
  if (type.tag === "list") return `[]${goTypeName(type.item)}`;
  if (type.tag === "map") return `map[string]${goTypeName(type.value)}`;
  if (type.tag === "reference") return type.definition.split(".").slice(-2).join(".");
  const { scalar } = type;
  if (scalar === "boolean") return "bool";
  if (scalar === "double") return "float64";
  if (scalar === "time") return "v1.Time";
  if (scalar === "microTime") return "v1.MicroTime";
  if (scalar === "quantity") return "resource.Quantity";
  if (scalar === "intOrString") return "intstr.IntOrString";
  return scalar === "bytes" ? "[]uint8" : scalar;
}
