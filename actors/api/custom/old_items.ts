import { isFields, type JsonSchema } from "./json_schema.ts";

/** How an item finds what it was: only where items have keys is it known. */
export function oldItems(schema: JsonSchema, old: unknown): (item: unknown) => unknown {
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  if (schema["x-kubernetes-list-type"] !== "map" || !Array.isArray(old)) return () => undefined;
  const keyOf = (item: unknown): string => JSON.stringify(keys.map((key) => (isFields(item) ? item[key] : undefined)));
  const byKey = new Map(old.map((item) => [keyOf(item), item]));
  return (item) => byKey.get(keyOf(item));
}
