/**
 * The rules for what the versions of a definition of custom resources have each, or all alike: schema, subresources,
 * columns and selectable fields.
 */
import type { CustomResourceDefinitionVersion } from "kubernetes-types/apiextensions/v1.js";
import { fieldPathOf } from "../custom/field_path.ts";
import type { JsonSchema } from "../custom/json_schema.ts";
import { ruleCostErrors } from "../custom/rule_costs.ts";
import { withCommon } from "../custom/rules.ts";
import { addErrors, duplicate, type FieldError, forbidden, invalid, required, tooMany } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { openApiErrors } from "./open_api_schema.ts";
import { defaultErrors } from "./schema_defaults.ts";
import { structuralErrors, unsupportedPart } from "./structural_schema.ts";

/** One version of a definition. */
export type Version = Frozen<CustomResourceDefinitionVersion>;

const selectableFieldsMax = 8;
const warningCharsMax = 256;
const columnTypes = ["boolean", "date", "integer", "number", "string"];
const columnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

/** How a schema is judged. */
export interface SchemaOptions {
  /** Whether objects have a status with a path of its own. */
  readonly hasStatus: boolean;
}

/** What is wrong with a schema of custom resources; `at` is the path of `openAPIV3Schema`. */
export function definitionSchemaErrors(schema: JsonSchema, at: string, { hasStatus }: SchemaOptions): FieldError[] {
  const errors: FieldError[] = hasStatus ? rootErrors(schema, at) : [];
  if (schema.nullable === true) errors.push(forbidden(`${at}.nullable`, "nullable cannot be true at the root"));
  const unsupported = unsupportedPart(schema);
  const wrongs = unsupported === undefined ? structuralErrors(schema, at) : [];
  if (unsupported === undefined && wrongs.length === 0) addErrors(wrongs, defaultErrors(schema, at));
  addErrors(errors, wrongs);
  const compiles = unsupported === undefined && wrongs.length === 0;
  const found = openApiErrors(schema, at, { compiles });
  addErrors(errors, found.schemaErrors);
  addErrors(errors, found.ruleErrors);
  if (errors.length === 0 && unsupported !== undefined) errors.push(invalid(at, "", unsupported));
  if (compiles && found.schemaErrors.length === 0) addErrors(errors, ruleCostErrors(withCommon(schema), at));
  return errors;
}

const nonZero = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "" && value !== false;

/** The fields of a schema that may be at its root beside a status, as Kubernetes' own server names them. */
const rootFields: Readonly<Record<string, string>> = {
  ...{ description: "Description", type: "Type", format: "Format", title: "Title", maximum: "Maximum" },
  ...{ exclusiveMaximum: "ExclusiveMaximum", minimum: "Minimum", exclusiveMinimum: "ExclusiveMinimum" },
  ...{ maxLength: "MaxLength", minLength: "MinLength", pattern: "Pattern", maxItems: "MaxItems" },
  ...{ minItems: "MinItems", uniqueItems: "UniqueItems", multipleOf: "MultipleOf", required: "Required" },
  ...{ items: "Items", properties: "Properties", externalDocs: "ExternalDocs", example: "Example" },
  "x-kubernetes-preserve-unknown-fields": "XPreserveUnknownFields",
  "x-kubernetes-validations": "XValidations",
};

function rootErrors(schema: JsonSchema, at: string): FieldError[] {
  const { type = "" } = schema;
  if (type !== "" && type !== "object") {
    const text = `only "object" is allowed as the type at the root of the schema if the status subresource is enabled`;
    return [invalid(`${at}.type`, type, text)];
  }
  if (!Object.entries(schema).some(([field, value]) => nonZero(value) && !Object.hasOwn(rootFields, field))) return [];
  const names = Object.values(rootFields).join(" ");
  const text = `only [${names}] fields are allowed at the root of the schema if the status subresource is enabled`;
  return [invalid(at, schema, text)];
}

/** What is wrong with the paths of what a definition's objects have beside themselves. */
export function subresourceErrors(subresources: Version["subresources"], at: string): FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  const errors: FieldError[] = [];
  for (const [field, places] of [
    ["specReplicasPath", ["spec"]],
    ["statusReplicasPath", ["status"]],
    ["labelSelectorPath", ["spec", "status"]],
  ] as const) {
    const path = scale[field] ?? "";
    const here = `${at}.scale.${field}`;
    const [place, other] = places;
    if (path === "") {
      if (field !== "labelSelectorPath") errors.push(required(here));
    } else if (!path.startsWith(".")) {
      errors.push(invalid(here, path, "must be a simple json path starting with ."));
    } else if (!places.some((each) => path.startsWith(`.${each}.`))) {
      const under = other === undefined ? `under .${place}` : `under either .${place} or .${other}`;
      errors.push(invalid(here, path, `should be a json path ${under}`));
    }
  }
  return errors;
}

/** What is wrong with columns. */
export function columnErrors(columns: Version["additionalPrinterColumns"], at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { name = "", type = "", format = "", jsonPath = "" }] of (columns ?? []).entries()) {
    const here = `${at}[${index}]`;
    const typeText = `must be one of ${columnTypes.join(",")}`;
    if (name === "") errors.push(required(`${here}.name`));
    if (type === "") errors.push(required(`${here}.type`, typeText));
    else if (!columnTypes.includes(type)) errors.push(invalid(`${here}.type`, type, typeText));
    if (format !== "" && !columnFormats.includes(format))
      errors.push(invalid(`${here}.format`, format, `must be one of ${columnFormats.join(",")}`));
    if (jsonPath === "") errors.push(required(`${here}.JSONPath`));
    else if (!jsonPath.startsWith("."))
      errors.push(invalid(`${here}.JSONPath`, jsonPath, "must be a simple json path starting with ."));
  }
  return errors;
}

/** What is wrong with the fields by which objects are to be selected. */
export function selectableErrors(
  fields: Version["selectableFields"],
  at: string,
  { schema }: { readonly schema: JsonSchema },
): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { jsonPath = "" }] of (fields ?? []).entries()) {
    const here = `${at}[${index}].jsonPath`;
    if (jsonPath === "") {
      errors.push(required(here));
      continue;
    }
    const found = fieldPathOf(jsonPath, schema, { brackets: false });
    if (!found.ok) {
      errors.push(invalid(here, jsonPath, `is an invalid path: ${found.failure}`));
      continue;
    }
    const { root, text, schema: own } = found.value;
    if (root === "metadata") errors.push(invalid(here, jsonPath, "must not point to fields in metadata"));
    if (!["string", "boolean", "integer"].includes(own.type ?? "")) {
      const told = "must point to a field of type string, boolean or integer";
      errors.push(invalid(here, jsonPath, `${told}. Enum string fields and strings with formats are allowed.`));
    }
    if (seen.has(text)) errors.push(duplicate(here, jsonPath));
    seen.add(text);
  }
  if (seen.size > selectableFieldsMax) errors.push(tooMany(at, seen.size, selectableFieldsMax));
  return errors;
}

/** What is wrong with what is said to whoever uses a version that is on its way out. */
export function deprecationErrors({ deprecated = false, deprecationWarning }: Version, at: string): FieldError[] {
  if (deprecationWarning === undefined) return [];
  const wrong = (text: string) => invalid(`${at}.deprecationWarning`, deprecationWarning, text);
  if (!deprecated) return [wrong("can only be set for deprecated versions")];
  const errors: FieldError[] = [];
  if (new TextEncoder().encode(deprecationWarning).length > warningCharsMax)
    errors.push(wrong(`must be <= ${warningCharsMax} characters long`));
  if (deprecationWarning === "") errors.push(wrong("must not be an empty string"));
  const found = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(deprecationWarning);
  if (found !== null) {
    const index = new TextEncoder().encode(deprecationWarning.slice(0, found.index)).length;
    const told = "must only contain printable UTF-8 characters; non-printable character found at index";
    errors.push(wrong(`${told} ${index}`));
  }
  return errors;
}
