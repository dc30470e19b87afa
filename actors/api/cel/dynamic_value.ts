import { isFields } from "../custom/json_schema.ts";
import type { Value } from "./values.ts";

/** The value that expressions have for JSON of which nothing else is known: numbers without a fraction are whole. */
export function dynamicValue(json: unknown): Value {
  if (typeof json === "number") return Number.isInteger(json) ? BigInt(json) : json;
  if (typeof json === "string" || typeof json === "boolean") return json;
  if (Array.isArray(json)) return json.map(dynamicValue);
  if (!isFields(json)) return null;
  const fields = new Map<Value, Value>();
  for (const [name, value] of Object.entries(json)) if (value !== undefined) fields.set(name, dynamicValue(value));
  return fields;
}
