/**
 * What is wrong with a custom resource by its schema, in the words of Kubernetes' own validator.
 */

import { isFound } from "../cel/regular.ts";
import { addErrors, duplicate, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { jsonEqual } from "../types.ts";
import { isOfFormat } from "./formats.ts";
import { fieldSchema, isFields, type JsonSchema } from "./json_schema.ts";
import { oldItems } from "./old_items.ts";

/** Of so many errors an answer tells; who makes more has to mend these first. */
const errorsMax = 1_000;

/** Where a value is, and what it was: absent for one that is new. */
export interface Judged {
  readonly path: string;
  readonly old?: unknown;
}

/**
 * What is wrong with a value; its path is as errors name it, such as `spec.ports[0]`. What is wrong and is as it was in
 * `old` keeps nobody from changing something else (Kubernetes calls it ratcheting; KEP-4008).
 */
export function schemaErrors(value: unknown, schema: JsonSchema, { path, old }: Judged): FieldError[] {
  const errors: FieldError[] = [];
  const keyErrors: FieldError[] = [];
  judge(value, schema, { path, errors, keyErrors, old });
  if (keyErrors.length > 0 && !(old !== undefined && hasKeyErrors(old, schema))) addErrors(errors, keyErrors);
  return errors;
}

/** Lists whose items were not told apart before need not be now. */
function hasKeyErrors(value: unknown, schema: JsonSchema): boolean {
  const keyErrors: FieldError[] = [];
  judge(value, schema, { path: "", errors: [], keyErrors, old: undefined });
  return keyErrors.length > 0;
}

interface Context {
  readonly path: string;
  readonly errors: FieldError[];
  /** Of lists whose items have to be told apart. */
  readonly keyErrors: FieldError[];
  /** What the value was, as far as that is known. */
  readonly old: unknown;
}

function judge(value: unknown, schema: JsonSchema, context: Context): void {
  const { errors, old } = context;
  const before = errors.length;
  judgeValue(value, schema, context);
  if (errors.length > before && old !== undefined && jsonEqual(value, old)) errors.length = before;
}

function judgeValue(value: unknown, schema: JsonSchema, context: Context): void {
  const { errors, path } = context;
  if (errors.length >= errorsMax) return;
  if (value === null && schema.nullable === true) return;
  const wrongType = typeError(value, schema);
  if (wrongType !== undefined) {
    const text = `${path} in body must be of type ${wrongType.wanted}: ${JSON.stringify(wrongType.got)}`;
    errors.push({ type: "FieldValueTypeInvalid", field: path, value: wrongType.got, detail: text });
    return;
  }
  if (schema.enum !== undefined && !schema.enum.some((each) => jsonEqual(each, value))) {
    errors.push(
      notSupported(
        path,
        value,
        schema.enum.map((each) => (typeof each === "string" ? each : JSON.stringify(each))),
      ),
    );
  }
  if (typeof value === "string") judgeText(value, schema, context);
  else if (typeof value === "number") judgeNumber(value, schema, context);
  else if (Array.isArray(value)) judgeList(value, schema, context);
  else if (isFields(value)) judgeFields(value, schema, context);
  judgeJunctions(value, schema, context);
}

interface WrongType {
  readonly wanted: string;
  readonly got: string;
}

function typeError(value: unknown, schema: JsonSchema): WrongType | undefined {
  if (schema["x-kubernetes-int-or-string"] === true) {
    return typeof value === "string" || Number.isInteger(value)
      ? undefined
      : { wanted: "integer,string", got: typeOf(value) };
  }
  const wanted = schema.type;
  if (wanted === undefined || wanted === "") return undefined;
  const got = typeOf(value);
  if (got === wanted || (wanted === "number" && got === "integer")) return undefined;
  // A whole number may be written with a point.
  return { wanted, got };
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function judgeText(value: string, schema: JsonSchema, { path, errors }: Context): void {
  const { minLength, maxLength, pattern, format } = schema;
  const length = minLength === undefined && maxLength === undefined ? 0 : [...value].length;
  if (maxLength !== undefined && length > maxLength) {
    errors.push({ type: "FieldValueTooLong", field: path, detail: `may not be more than ${maxLength} bytes` });
  }
  if (minLength !== undefined && length < minLength) {
    errors.push(invalid(path, value, `${path} in body should be at least ${minLength} chars long`));
  }
  if (pattern !== undefined && pattern !== "" && isFound(pattern, value) === false) {
    errors.push(invalid(path, value, `${path} in body should match '${pattern}'`));
  }
  if (format !== undefined && schema["x-kubernetes-int-or-string"] !== true && !isOfFormat(value, format)) {
    errors.push(invalid(path, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`));
  }
}

const int32Max = 2 ** 31 - 1;

function judgeNumber(value: number, schema: JsonSchema, { path, errors }: Context): void {
  const { minimum, maximum, exclusiveMinimum = false, exclusiveMaximum = false, multipleOf, format } = schema;
  const wrong = (text: string) => errors.push(invalid(path, value, `${path} in body should be ${text}`));
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    wrong(`less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`);
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    wrong(`greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`);
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) wrong(`a multiple of ${multipleOf}`);
  if (format === "int32" && (value > int32Max || value < -int32Max - 1)) {
    errors.push(invalid(path, value, `${path} in body must be of type int32: ${JSON.stringify("integer")}`));
  }
}

function judgeList(list: readonly unknown[], schema: JsonSchema, context: Context): void {
  const { path, errors, keyErrors } = context;
  const { minItems, maxItems, uniqueItems, items } = schema;
  if (maxItems !== undefined && list.length > maxItems) {
    errors.push({
      type: "FieldValueTooMany",
      field: path,
      value: list.length,
      detail: `must have at most ${maxItems} items`,
    });
  }
  if (minItems !== undefined && list.length < minItems) {
    errors.push(invalid(path, list, `${path} in body should have at least ${minItems} items`));
  }
  if (uniqueItems === true && new Set(list.map((each) => JSON.stringify(each))).size < list.length) {
    errors.push(invalid(path, list, `${path} in body shouldn't contain duplicates`));
  }
  if (items !== undefined) {
    const before = oldItems(schema, context.old);
    for (const [index, item] of list.entries()) {
      judge(item, items, { path: `${path}[${index}]`, errors, keyErrors, old: before(item) });
    }
  }
  judgeKeys(list, schema, { path, errors: keyErrors });
}

/** Items of a set are there once, and those of a map are told apart by their keys. */
function judgeKeys(
  list: readonly unknown[],
  schema: JsonSchema,
  { path, errors }: Pick<Context, "path" | "errors">,
): void {
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const defaultOf = (name: string): unknown => schema.items?.properties?.[name]?.default;
    const key =
      type === "set"
        ? item
        : Object.fromEntries(keys.map((name) => [name, isFields(item) ? (item[name] ?? defaultOf(name)) : undefined]));
    const text = JSON.stringify(key) ?? "";
    if (seen.has(text)) errors.push(duplicate(`${path}[${index}]`, key));
    seen.add(text);
  }
}

function judgeFields(object: Record<string, unknown>, schema: JsonSchema, context: Context): void {
  const { path, errors, keyErrors, old } = context;
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(object, name)) errors.push(required(at(name)));
  }
  const names = Object.keys(object);
  const { minProperties, maxProperties } = schema;
  if (maxProperties !== undefined && names.length > maxProperties) {
    errors.push({
      type: "FieldValueTooMany",
      field: path,
      value: names.length,
      detail: `must have at most ${maxProperties} items`,
    });
  }
  if (minProperties !== undefined && names.length < minProperties) {
    errors.push(invalid(path, object, `${path} in body should have at least ${minProperties} properties`));
  }
  for (const name of names) {
    const known = fieldSchema(schema, name);
    const before = isFields(old) && Object.hasOwn(old, name) ? old[name] : undefined;
    if (known !== undefined && known !== true)
      judge(object[name], known, { path: at(name), errors, keyErrors, old: before });
  }
}

function judgeJunctions(value: unknown, schema: JsonSchema, { path, errors }: Context): void {
  const holds = (each: JsonSchema): boolean => schemaErrors(value, each, { path }).length === 0;
  const wrong = (text: string) => errors.push(invalid(path, shown(value), `"${path}" must ${text}`));
  for (const each of schema.allOf ?? []) addErrors(errors, schemaErrors(value, each, { path }));
  if (schema.anyOf !== undefined && schema["x-kubernetes-int-or-string"] !== true && !schema.anyOf.some(holds)) {
    wrong("validate at least one schema (anyOf)");
  }
  if (schema.oneOf !== undefined) {
    const count = schema.oneOf.filter(holds).length;
    if (count === 0) wrong("validate one and only one schema (oneOf). Found none valid");
    else if (count > 1) wrong(`validate one and only one schema (oneOf). Found ${count} valid alternatives`);
  }
  if (schema.not !== undefined && holds(schema.not)) wrong("not validate the schema (not)");
}

/** Errors do not repeat a whole object. */
function shown(value: unknown): unknown {
  return isFields(value) || Array.isArray(value) ? "" : value;
}
