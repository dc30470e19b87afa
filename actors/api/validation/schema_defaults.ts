import { type JsonSchema, objectFields } from "../custom/json_schema.ts";
import { prune } from "../custom/prune.ts";
import { ruleErrors } from "../custom/rules.ts";
import { schemaErrors } from "../custom/validate.ts";
import { addErrors, type FieldError, invalid } from "../field_error.ts";

interface Place {
  readonly at: string;
  /** Whether the schema is one of what every object has: its kind, version or metadata. */
  readonly inMetadata: boolean;
  readonly isRoot: boolean;
}

/** What is wrong with the defaults of a structural schema: they are values of it, and have nothing that it does not know. */
export function defaultErrors(schema: JsonSchema, at: string): FieldError[] {
  const errors: FieldError[] = [];
  look(schema, { at, inMetadata: false, isRoot: true }, errors);
  return errors;
}

function look(schema: JsonSchema, { at, inMetadata, isRoot }: Place, errors: FieldError[]): void {
  const isObject = isRoot || schema["x-kubernetes-embedded-resource"] === true;
  const isInside = inMetadata && !isObject;
  if (schema.default !== undefined && schema.default !== null) {
    addErrors(errors, valueErrors(schema, { at: `${at}.default`, inMetadata: isInside, isRoot }));
  }
  const { items, properties = {} } = schema;
  if (items !== undefined) look(items, { at: `${at}.items`, inMetadata: isInside, isRoot: false }, errors);
  for (const [name, inner] of Object.entries(properties)) {
    const place = { at: `${at}.properties[${name}]`, isRoot: false };
    look(inner, { ...place, inMetadata: isInside || (isObject && objectFields.has(name)) }, errors);
  }
}

function valueErrors(schema: JsonSchema, { at, inMetadata }: Place): FieldError[] {
  const value = schema.default;
  if (!inMetadata && isUnpruned(schema)) return [invalid(at, value, "must not have unknown fields")];
  const errors = schemaErrors(value, schema, { path: "" });
  const found = errors.length > 0 ? errors : ruleErrors(schema, value);
  return found.map((error) => ({ ...error, field: below(at, error.field) }));
}

function isUnpruned(schema: JsonSchema): boolean {
  const holder = { value: JSON.parse(JSON.stringify(schema.default)) as unknown };
  return prune(holder, { type: "object", properties: { value: schema } }).length > 0;
}

function below(at: string, field: string): string {
  if (field === "" || field === "<nil>") return at;
  return field.startsWith("[") ? `${at}${field}` : `${at}.${field}`;
}
