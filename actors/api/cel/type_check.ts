/**
 * What is amiss with the types of an expression, as far as types of built-in kinds and of custom resources tell: what
 * nobody knows is never amiss.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#type-checking
 */
import { isFields, type JsonSchema, objectFields } from "../custom/json_schema.ts";
import { definitionOf, type FieldType, type Scalar } from "../schema/schema.ts";
import { located } from "./check.ts";
import { macros, unescapedField } from "./evaluate.ts";
import { type Expression, readExpression } from "./syntax.ts";

/** A type of an expression: a scalar's name, `dyn` for what nobody knows, or what has parts. */
export type CelType = string | FieldType | { readonly tag: "schema"; readonly schema: JsonSchema };

/** What variables are; those that are not here are of types that nobody knows. */
export type VariableTypes = ReadonlyMap<string, FieldType>;

interface Checking {
  readonly types: ReadonlyMap<string, CelType>;
  readonly wrongs: { readonly at: number; readonly text: string }[];
}

/** What is amiss, in the words of Kubernetes' compiler; undefined: nothing that can be told. */
export function typeErrors(text: string, variables: VariableTypes): string | undefined {
  return checkedType(text, variables).errors;
}

/** What is known of an expression's types. */
export interface CheckedType {
  /** What is amiss with them; undefined: nothing that can be told. */
  readonly errors: string | undefined;
  /** The type of its value; undefined: one that has parts, or that nobody knows. */
  readonly type: string | undefined;
}

/** The type of an expression's value, and what is amiss with the types of its parts. */
export function checkedType(text: string, variables: ReadonlyMap<string, CelType>): CheckedType {
  const read = readExpression(text);
  if (!read.ok) return { errors: located(text, read.failure), type: undefined };
  const checking: Checking = { types: variables, wrongs: [] };
  const type = typeOf(read.value, checking);
  const errors = checking.wrongs.map((wrong) => located(text, wrong)).join("\n");
  return {
    errors: errors === "" ? undefined : errors,
    type: typeof type === "string" && type !== "dyn" ? type : undefined,
  };
}

const scalars: Readonly<Partial<Record<Scalar, string>>> = {
  ...{ string: "string", int32: "int", int64: "int", double: "double", boolean: "bool", bytes: "bytes" },
  ...{ time: "timestamp", microTime: "timestamp" },
};

function celType(type: FieldType): CelType {
  return type.tag === "scalar" ? (scalars[type.scalar] ?? "dyn") : type;
}

function typeOf(expression: Expression, checking: Checking): CelType {
  switch (expression.tag) {
    case "constant":
      return constantType(expression.value);
    case "name":
      return checking.types.get(expression.name) ?? "dyn";
    case "select":
      return selectType(expression, checking);
    case "index": {
      const of = typeOf(expression.of, checking);
      typeOf(expression.index, checking);
      return itemType(of);
    }
    case "call":
      return callType(expression, checking);
    case "list":
      for (const each of expression.items) typeOf(each, checking);
      return "dyn";
    case "map":
      for (const each of expression.entries.flat()) typeOf(each, checking);
      return "dyn";
    case "message":
      return "dyn";
  }
}

function constantType(value: unknown): CelType {
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "double";
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "dyn";
}

const schemaScalars: Readonly<Record<string, string>> = {
  ...{ string: "string", integer: "int", number: "double", boolean: "bool" },
};
/** Texts of these formats are of types of their own. */
const otherFormats: ReadonlySet<string> = new Set(["byte", "date", "date-time", "duration"]);

/** The type of values of a schema. */
export function schemaType(schema: JsonSchema | undefined): CelType {
  const { type = "", format = "" } = schema ?? {};
  if (schema === undefined || schema["x-kubernetes-int-or-string"] === true || otherFormats.has(format)) return "dyn";
  return schemaScalars[type] ?? { tag: "schema", schema };
}

function schemaFieldType(schema: JsonSchema, name: string): CelType | undefined {
  const { properties = {}, additionalProperties } = schema;
  for (const each of [name, unescapedField(name)])
    if (Object.hasOwn(properties, each)) return schemaType(properties[each]);
  if (isFields(additionalProperties)) return schemaType(additionalProperties as JsonSchema);
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true || schema.type !== "object";
  return isOpen || schema["x-kubernetes-embedded-resource"] === true ? "dyn" : undefined;
}

function itemType(of: CelType): CelType {
  if (typeof of === "string") return "dyn";
  if (of.tag === "schema") {
    const { items, additionalProperties } = of.schema;
    return schemaType(items ?? (isFields(additionalProperties) ? (additionalProperties as JsonSchema) : undefined));
  }
  if (of.tag === "list") return celType(of.item);
  return of.tag === "map" ? celType(of.value) : "dyn";
}

function selectType(expression: Extract<Expression, { tag: "select" }>, checking: Checking): CelType {
  const of = typeOf(expression.of, checking);
  if (typeof of === "string" || expression.optional) return "dyn";
  if (of.tag === "map") return celType(of.value);
  if (of.tag === "list" || of.tag === "scalar") return "dyn";
  const found =
    of.tag === "schema" ? schemaFieldType(of.schema, expression.field) : referenceField(of, expression.field);
  if (found !== undefined) return found;
  checking.wrongs.push({ at: expression.at, text: `undefined field '${expression.field}'` });
  return "dyn";
}

function referenceField({ definition }: Extract<FieldType, { tag: "reference" }>, name: string): CelType | undefined {
  const { fields, open } = definitionOf(definition) ?? {};
  const document = open?.document as JsonSchema | undefined;
  if (document !== undefined && !objectFields.has(name)) return schemaFieldType(document, name);
  // An object of which nothing is known may have anything.
  if (fields === undefined || fields.size === 0) return "dyn";
  const field = fields.get(name) ?? fields.get(unescapedField(name));
  return field && celType(field.type);
}

type Call = Extract<Expression, { tag: "call" }>;

const numbers: ReadonlySet<CelType> = new Set(["int", "double"]);
const orders: ReadonlySet<string> = new Set(["_<_", "_<=_", "_>_", "_>=_"]);
const equalities: ReadonlySet<string> = new Set(["_==_", "_!=_"]);
const sums: ReadonlySet<string> = new Set(["_+_", "_-_", "_*_", "_/_", "_%_"]);
const results: ReadonlyMap<string, CelType> = new Map([
  ...["has", "all", "exists", "exists_one", "startsWith", "endsWith", "contains", "matches", "@in", "!_"].map(
    (name) => [name, "bool"] as const,
  ),
  ...[["size", "int"] as const, ["int", "int"] as const, ["string", "string"] as const],
]);

function callType(call: Call, checking: Checking): CelType {
  const { name, of, args } = call;
  if (of !== undefined && macros.has(name) && args.length >= 2) return loopType(call, checking);
  if (of?.tag === "name" && of.name === "cel") return "dyn";
  const spaced = of?.tag === "name" && !checking.types.has(of.name);
  if (of !== undefined && !spaced) typeOf(of, checking);
  const [left = "dyn", right = "dyn"] = args.map((each) => typeOf(each, checking));
  if (orders.has(name) || equalities.has(name)) {
    const isSame = left === right || (numbers.has(left) && numbers.has(right));
    if (!isSame) tell(call, [left, right], checking);
    return "bool";
  }
  if (sums.has(name)) {
    const isTime = left === "timestamp" || right === "timestamp";
    if (left !== right && !isTime) tell(call, [left, right], checking);
    return left === right ? left : "dyn";
  }
  if (name === "_&&_" || name === "_||_") return "bool";
  return results.get(name) ?? "dyn";
}

/** Only what is certain is told: both are known, and plain. */
function tell({ name, at }: Call, types: readonly [CelType, CelType], { wrongs }: Checking): void {
  const [left, right] = types;
  if (typeof left !== "string" || typeof right !== "string" || left === "dyn" || right === "dyn") return;
  wrongs.push({ at, text: `found no matching overload for '${name}' applied to '(${left}, ${right})'` });
}

function loopType({ name, of, args }: Call, checking: Checking): CelType {
  const range = typeOf(of as Expression, checking);
  const types = new Map(checking.types);
  const variables = args
    .slice(0, -1)
    .filter((each): each is Extract<Expression, { tag: "name" }> => each.tag === "name");
  const isList =
    typeof range !== "string" && (range.tag === "list" || (range.tag === "schema" && range.schema.type === "array"));
  for (const [index, each] of variables.entries()) {
    types.set(each.name, isList && (variables.length === 1 || index === 1) ? itemType(range) : "dyn");
  }
  const last = args.at(-1);
  if (last !== undefined) typeOf(last, { ...checking, types });
  if (name === "filter") return range;
  return results.get(name) ?? "dyn";
}
