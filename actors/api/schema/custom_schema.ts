/**
 * Schemas that clients brought for their own kinds, as OpenAPI documents show them.
 */
import { isFields, type JsonSchema } from "../custom/json_schema.ts";
import type { Fields } from "../types.ts";
import { descriptions } from "./descriptions.generated.ts";

/** Shows what every object has in a schema; `metadata` is how the document refers to the type of that name. */
export interface CustomSchemaOptions {
  readonly version: "v2" | "v3";
  readonly metadata: Fields;
}

/** What every object has means the same everywhere: any kind's own words say it. */
const common = descriptions["io.k8s.api.core.v1.ConfigMap"] ?? {};

/**
 * The schema of a custom resource as a document shows it, with what every object has. OpenAPI v2 has no words for much of
 * it; and where a schema lets anything be, it says nothing, as who reads v2 takes what is not named for wrong.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#publish-validation-schema-in-openapi
 */
export function customSchema(document: JsonSchema, options: CustomSchemaOptions): Fields {
  if (options.version === "v2" && document["x-kubernetes-preserve-unknown-fields"] === true) return { type: "object" };
  const shown = schemaOf(document, options);
  return { ...shown, type: "object", properties: { ...(shown.properties as Fields), ...objectProperties(options) } };
}

function objectProperties({ metadata }: CustomSchemaOptions): Fields {
  return {
    apiVersion: { type: "string", description: common.apiVersion },
    kind: { type: "string", description: common.kind },
    metadata: { description: common.metadata, ...metadata },
  };
}

/** In v2 there are no such words. */
const v3Only = ["allOf", "anyOf", "oneOf", "not", "nullable"] as const;

function schemaOf(schema: JsonSchema, options: CustomSchemaOptions): Fields {
  const { properties, items, additionalProperties, ...rest } = schema;
  const shown: Fields = { ...rest };
  if (properties) {
    const inner = Object.entries(properties).map(([name, own]) => [name, schemaOf(own, options)] as const);
    shown.properties = Object.fromEntries(inner);
  }
  if (items) shown.items = schemaOf(items, options);
  if (additionalProperties !== undefined) {
    const isSchema = isFields(additionalProperties);
    shown.additionalProperties = isSchema ? schemaOf(additionalProperties, options) : additionalProperties;
  }
  if (options.version === "v2") narrow(shown, schema);
  const isClosed = options.version === "v3" || schema["x-kubernetes-preserve-unknown-fields"] !== true;
  if (schema["x-kubernetes-embedded-resource"] === true && isClosed) {
    shown.properties = { ...(shown.properties as Fields), ...objectProperties(options) };
  }
  return shown;
}

/** Takes from a schema what v2 cannot say, or what its readers would get wrong. */
function narrow(shown: Fields, schema: JsonSchema) {
  for (const word of v3Only) delete shown[word];
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (schema.nullable === true || isOpen) {
    delete shown.items;
    delete shown.properties;
  }
  const isArrayOfAnything = schema.type === "array" && shown.items === undefined;
  if (schema.nullable === true || isArrayOfAnything || (isOpen && schema.type === "object")) delete shown.type;
  const { properties = {}, additionalProperties, required } = schema;
  if (required === undefined) return;
  const isLoose = isFields(additionalProperties) && (additionalProperties as JsonSchema).nullable === true;
  const left = isLoose ? [] : required.filter((name) => properties[name]?.nullable !== true);
  if (left.length > 0) shown.required = left;
  else delete shown.required;
}
