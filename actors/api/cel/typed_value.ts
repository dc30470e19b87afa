import { isFields, type JsonSchema } from "../custom/json_schema.ts";
import { duration, timestamp } from "./functions.ts";
import { isError, unordered, type Value } from "./values.ts";

const text: JsonSchema = { type: "string" };

/** What expressions know of every object, beside what its schema says. */
export const objectProperties: Readonly<Record<string, JsonSchema>> = {
  apiVersion: text,
  kind: text,
  metadata: { type: "object", properties: { name: text, generateName: text } },
};

/** The value that expressions have for JSON of a schema: whole numbers may be no more than numbers, texts moments. */
export function typedValue(json: unknown, schema: JsonSchema): Value {
  if (typeof json === "number") {
    return Number.isInteger(json) && schema.type !== "number" ? BigInt(json) : json;
  }
  if (typeof json === "string") {
    const { format } = schema;
    if (format !== "date-time" && format !== "date" && format !== "duration") return json;
    const special = format === "duration" ? duration(json) : timestamp(format === "date" ? `${json}T00:00:00Z` : json);
    return isError(special) ? json : special;
  }
  if (Array.isArray(json)) {
    const list = json.map((each) => typedValue(each, schema.items ?? {}));
    const type = schema["x-kubernetes-list-type"];
    if (type === "set" || type === "map") unordered.add(list);
    return list;
  }
  if (!isFields(json)) return typeof json === "boolean" ? json : null;
  const { properties, additionalProperties } = schema;
  const isWhole = schema["x-kubernetes-embedded-resource"] === true;
  const fields = new Map<Value, Value>();
  for (const [name, value] of Object.entries(json)) {
    const own = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const common = isWhole && Object.hasOwn(objectProperties, name) ? objectProperties[name] : undefined;
    const other = isFields(additionalProperties) ? (additionalProperties as JsonSchema) : undefined;
    // What a schema keeps without knowing it is nothing that an expression could name.
    const known = common ?? own ?? other;
    if (known !== undefined && value !== undefined) fields.set(name, typedValue(value, known));
  }
  return fields;
}
