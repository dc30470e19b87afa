/**
 * What keeps a schema of a custom resource from being structural, in the words of apiextensions-apiserver's
 * `pkg/apiserver/schema`.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
import { regularExpression } from "../cel/regular.ts";
import { isFields, type JsonSchema } from "../custom/json_schema.ts";
import { type FieldError, fieldErrorText, forbidden, invalid, required } from "../field_error.ts";
import { jsonEqual } from "../types.ts";

/** Where a schema is within another: at its root, the items of a list, or a field. */
type Level = "root" | "item" | "field";

const emptyTypes: Readonly<Record<Level, string>> = {
  root: "must not be empty at the root",
  item: "must not be empty for specified array items",
  field: "must not be empty for specified object fields",
};
const intOrString = [{ type: "integer" }, { type: "string" }];

/** A part of a schema that Kubernetes has no structure for; undefined: there is none. */
export function unsupportedPart(schema: JsonSchema): string | undefined {
  const { id, $schema, $ref, patternProperties, dependencies, additionalItems, definitions } = schema as JsonSchema &
    Readonly<Record<string, unknown>>;
  if (id) return "OpenAPIV3Schema 'id' is not supported";
  if ($schema) return "OpenAPIV3Schema 'schema' is not supported";
  if ($ref) return "OpenAPIV3Schema '$ref' is not supported";
  if (hasFields(patternProperties)) return "OpenAPIV3Schema 'patternProperties' is not supported";
  if (hasFields(dependencies)) return "OpenAPIV3Schema 'dependencies' is not supported";
  if (additionalItems !== undefined) return "OpenAPIV3Schema 'additionalItems' is not supported";
  if (hasFields(definitions)) return "OpenAPIV3Schema 'definitions' is not supported";
  if (schema["x-kubernetes-preserve-unknown-fields"] === false)
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  if (Array.isArray(schema.items)) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  for (const inner of partsOf(schema)) {
    const text = unsupportedPart(inner);
    if (text !== undefined) return text;
  }
  return undefined;
}

const hasFields = (value: unknown): boolean => isFields(value) && Object.keys(value).length > 0;

/** The schemas that a schema is made of. */
export function partsOf(schema: JsonSchema): JsonSchema[] {
  const { items, properties = {}, additionalProperties, not, allOf = [], anyOf = [], oneOf = [] } = schema;
  const parts = [items, ...Object.values(properties), additionalProperties, not, ...allOf, ...anyOf, ...oneOf];
  return parts.filter((each) => isFields(each)) as JsonSchema[];
}

/** What keeps a schema from being structural, in the order of the texts. */
export function structuralErrors(schema: JsonSchema, at: string): FieldError[] {
  const errors: FieldError[] = [];
  judge(schema, { level: "root", at }, errors);
  complete(schema, { schema, own: at, nested: at }, errors);
  const texts = new Map(errors.map((each) => [each, fieldErrorText(each)]));
  const textOf = (error: FieldError): string => texts.get(error) ?? "";
  return errors.sort((one, other) => (textOf(one) < textOf(other) ? -1 : textOf(one) > textOf(other) ? 1 : 0));
}

interface Place {
  readonly level: Level;
  readonly at: string;
}

function judge(schema: JsonSchema, { level, at }: Place, errors: FieldError[]): void {
  const { type = "", items, properties = {}, additionalProperties } = schema;
  if (type === "array" && items === undefined) errors.push(required(`${at}.items`, "must be specified"));
  if (items !== undefined) judge(items, { level: "item", at: `${at}.items` }, errors);
  for (const [name, inner] of Object.entries(properties)) {
    judge(inner, { level: "field", at: `${at}.properties[${name}]` }, errors);
  }
  if (additionalProperties !== undefined) {
    if (level === "root") errors.push(forbidden(`${at}.additionalProperties`, "must not be used at the root"));
    if (isFields(additionalProperties)) {
      judge(additionalProperties as JsonSchema, { level: "field", at: `${at}.additionalProperties` }, errors);
    }
  }
  judgeExtensions(schema, at, errors);
  const isEither = jsonEqual(schema.anyOf, intOrString);
  const isEitherFirst = jsonEqual(schema.allOf?.[0]?.anyOf, intOrString);
  judgeValues(schema, { level, at, skipAnyOf: isEither, skipFirstAnyOf: isEitherFirst }, errors);
  judgeType(schema, { level, at }, errors);
  judgeCommon(schema, { level, at }, errors);
}

function judgeExtensions(schema: JsonSchema, at: string, errors: FieldError[]): void {
  if (schema["x-kubernetes-int-or-string"] !== true) return;
  for (const name of ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"] as const) {
    if (schema[name] === true)
      errors.push(invalid(`${at}.${name}`, true, "must be false if x-kubernetes-int-or-string is true"));
  }
}

function judgeType(schema: JsonSchema, { level, at }: Place, errors: FieldError[]): void {
  const { type = "" } = schema;
  const isFree =
    schema["x-kubernetes-int-or-string"] === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (schema["x-kubernetes-embedded-resource"] === true && type !== "object") {
    const text = "must be object if x-kubernetes-embedded-resource is true";
    errors.push(type === "" ? required(`${at}.type`, text) : invalid(`${at}.type`, type, text));
  } else if (type === "" && !isFree) errors.push(required(`${at}.type`, emptyTypes[level]));
  if (schema["x-kubernetes-embedded-resource"] === true && schema.additionalProperties !== undefined) {
    const text = "must not be used if x-kubernetes-embedded-resource is set";
    errors.push(forbidden(`${at}.additionalProperties`, text));
  }
  if (level === "root" && type !== "" && type !== "object")
    errors.push(invalid(`${at}.type`, type, "must be object at the root"));
}

/** What every object has may be said again, at the root and in objects that are embedded, but hardly be narrowed. */
function judgeCommon(schema: JsonSchema, { level, at }: Place, errors: FieldError[]): void {
  const isEmbedded = schema["x-kubernetes-embedded-resource"] === true;
  const { properties = {} } = schema;
  if (level === "root" || isEmbedded) {
    for (const [name, type] of [
      ["kind", "string"],
      ["apiVersion", "string"],
      ["metadata", "object"],
    ] as const) {
      const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (own === undefined || own.type === type) continue;
      errors.push(invalid(`${at}.properties[${name}].type`, own.type ?? "", `must be ${type}`));
    }
  }
  if (level === "root" && properties.metadata !== undefined && !isPlainMetadata(properties.metadata)) {
    const text = "must not specify anything other than name and generateName, but metadata is implicitly specified";
    errors.push(forbidden(`${at}.properties[metadata]`, text));
  }
  if (isEmbedded && !schema["x-kubernetes-preserve-unknown-fields"] && Object.keys(properties).length === 0) {
    const text =
      "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    errors.push(required(`${at}.properties`, text));
  }
}

const metadataFields: ReadonlySet<string> = new Set(["type", "default", "properties", "example", "externalDocs"]);

function isPlainMetadata(schema: JsonSchema): boolean {
  const names = Object.keys(schema.properties ?? {});
  return (
    names.every((name) => name === "name" || name === "generateName") &&
    Object.entries(schema).every(([field, value]) => metadataFields.has(field) || !value)
  );
}

interface ValuesPlace extends Place {
  readonly skipAnyOf: boolean;
  readonly skipFirstAnyOf: boolean;
}

function judgeValues(schema: JsonSchema, place: ValuesPlace, errors: FieldError[]): void {
  const { at, skipAnyOf, skipFirstAnyOf } = place;
  const { anyOf = [], allOf = [], oneOf = [], not, pattern = "" } = schema;
  const look = (inner: JsonSchema, name: string, skip = false) =>
    judgeNested(inner, { ...place, at: `${at}.${name}`, skipAnyOf: skip, skipFirstAnyOf: false }, errors);
  if (!skipAnyOf) for (const [index, each] of anyOf.entries()) look(each, `anyOf[${index}]`);
  for (const [index, each] of allOf.entries()) look(each, `allOf[${index}]`, skipFirstAnyOf && index === 0);
  for (const [index, each] of oneOf.entries()) look(each, `oneOf[${index}]`);
  if (not !== undefined) look(not, "not");
  if (pattern !== "" && regularExpression(pattern) === undefined) {
    const text = `must be a valid regular expression, but isn't: error parsing regexp: ${patternProblem(pattern)}`;
    errors.push(invalid(`${at}.pattern`, pattern, text));
  }
}

/** What Go's parser says of the patterns that people write for other engines. */
function patternProblem(pattern: string): string {
  const [perl] = /\(\?(?:[=!]|<[=!])/.exec(pattern) ?? [];
  if (perl !== undefined) return `invalid or unsupported Perl syntax: \`${perl}\``;
  const [reference] = /\\[1-9]/.exec(pattern) ?? [];
  if (reference !== undefined) return `invalid escape sequence: \`${reference}\``;
  const opened = pattern.replace(/\\./g, "").replace(/\[(?:\^?\]?)[^\]]*\]/g, "");
  const balance = [...opened].reduce((sum, char) => sum + (char === "(" ? 1 : char === ")" ? -1 : 0), 0);
  if (opened.includes("[")) return `missing closing ]: \`${pattern.slice(pattern.lastIndexOf("["))}\``;
  if (balance > 0) return `missing closing ): \`${pattern}\``;
  if (balance < 0) return `unexpected ): \`${pattern}\``;
  const [repeated] = /^[*+?]/.exec(pattern) ?? /[*+?]{2,}/.exec(pattern) ?? [];
  if (repeated === undefined) return `\`${pattern}\``;
  return repeated.length > 1
    ? `invalid nested repetition operator: \`${repeated}\``
    : `missing argument to repetition operator: \`${repeated}\``;
}

const undefinedText = "must be undefined to be structural";
const emptyText = "must be empty to be structural";
const falseText = "must be false to be structural";
/** What only says what may be there stands outside of `allOf`, `anyOf`, `oneOf` and `not`. */
const outside: readonly (readonly [keyof JsonSchema, string])[] = [
  ["type", emptyText],
  ["additionalProperties", undefinedText],
  ["default", undefinedText],
  ["title", emptyText],
  ["description", emptyText],
  ["nullable", falseText],
  ["x-kubernetes-preserve-unknown-fields", falseText],
  ["x-kubernetes-embedded-resource", falseText],
  ["x-kubernetes-int-or-string", falseText],
  ["x-kubernetes-list-map-keys", emptyText],
  ["x-kubernetes-list-type", undefinedText],
  ["x-kubernetes-map-type", undefinedText],
  ["x-kubernetes-validations", emptyText],
];

function judgeNested(schema: JsonSchema, place: ValuesPlace, errors: FieldError[]): void {
  const { at } = place;
  judgeValues(schema, place, errors);
  const within: ValuesPlace = { ...place, skipAnyOf: false, skipFirstAnyOf: false };
  if (schema.items !== undefined) judgeNested(schema.items, { ...within, at: `${at}.items` }, errors);
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    judgeNested(inner, { ...within, level: "field", at: `${at}.properties[${name}]` }, errors);
  }
  for (const [field, text] of outside) {
    const value = schema[field];
    const isThere = text === undefinedText ? value !== undefined : Array.isArray(value) ? value.length > 0 : value;
    if (isThere) errors.push(forbidden(`${at}.${field}`, text));
  }
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, "metadata"))
    errors.push(forbidden(`${at}.properties[metadata]`, "must not be specified in a nested context"));
}

interface Whole {
  /** What is known of the field outside of them. */
  readonly schema: JsonSchema | undefined;
  /** Where the field is said to be there. */
  readonly own: string;
  /** Where something is said of its value. */
  readonly nested: string;
}

/** What `allOf`, `anyOf`, `oneOf` and `not` speak of has to be there outside of them. */
function complete(values: JsonSchema, { schema, own, nested }: Whole, errors: FieldError[]): void {
  const { not, allOf = [], anyOf = [], oneOf = [] } = values;
  const look = (inner: JsonSchema, name: string) =>
    completeNested(inner, { schema, own, nested: `${nested}.${name}` }, errors);
  if (not !== undefined) look(not, "not");
  for (const [name, list] of Object.entries({ allOf, anyOf, oneOf })) {
    for (const [index, each] of list.entries()) look(each, `${name}[${index}]`);
  }
}

function completeNested(values: JsonSchema, { schema, own, nested }: Whole, errors: FieldError[]): void {
  if (schema === undefined) {
    errors.push(required(own, `because it is defined in ${nested}`));
    return;
  }
  complete(values, { schema, own, nested }, errors);
  if (values.items !== undefined) {
    const within = { schema: schema.items, own: `${own}.items`, nested: `${nested}.items` };
    completeNested(values.items, within, errors);
  }
  for (const [name, inner] of Object.entries(values.properties ?? {})) {
    const known = schema.properties;
    const field = known !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
    const step = `.properties[${name}]`;
    completeNested(inner, { schema: field, own: `${own}${step}`, nested: `${nested}${step}` }, errors);
  }
}
