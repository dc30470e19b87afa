import { setOwn } from "../types.ts";
import { fieldSchema, isFields, type JsonSchema } from "./json_schema.ts";

/**
 * Fills in the defaults of a schema, in place, and says whether there were any to fill in. A null where none may be gives
 * way to the default, as in Kubernetes.
 */
export function fillIn(value: unknown, schema: JsonSchema): boolean {
  let isChanged = false;
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) isChanged = fillIn(item, schema.items) || isChanged;
    return isChanged;
  }
  if (!isFields(value)) return false;
  for (const name in schema.properties) {
    const { default: usual, nullable } = schema.properties[name] ?? {};
    if (usual === undefined) continue;
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === undefined || (given === null && nullable !== true)) {
      setOwn(value, { key: name, value: structuredCopy(usual) });
      isChanged = true;
    }
  }
  for (const name of Object.keys(value)) {
    const known = fieldSchema(schema, name);
    if (known !== undefined && known !== true) isChanged = fillIn(value[name], known) || isChanged;
  }
  return isChanged;
}

function structuredCopy(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
