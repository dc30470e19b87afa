import type { Embedded } from "../schema/schema.ts";
import { fieldSchema, isFields, type JsonSchema, objectFields } from "./json_schema.ts";

/** As in Kubernetes, of more nobody is told. */
const unknownMax = 100;

/**
 * Drops what a schema does not know from a custom resource, in place, and says which fields those were: what Kubernetes
 * calls pruning. What every object has stays, at the top and in objects that are embedded.
 */
export function prune(object: Record<string, unknown>, schema: JsonSchema, embedded?: Embedded): string[] {
  const unknown: string[] = [];
  pruneFields(object, { ...schema, "x-kubernetes-embedded-resource": true }, { path: [], unknown, embedded });
  return unknown;
}

interface Context {
  readonly path: string[];
  readonly unknown: string[];
  readonly embedded: Embedded | undefined;
}

function pruneValue(value: unknown, schema: JsonSchema, context: Context): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    for (const [index, item] of value.entries()) {
      context.path.push(`[${index}]`);
      pruneValue(item, items, context);
      context.path.pop();
    }
  } else if (isFields(value)) pruneFields(value, schema, context);
}

function pruneFields(object: Record<string, unknown>, schema: JsonSchema, context: Context): void {
  const isWhole = schema["x-kubernetes-embedded-resource"] === true;
  if (isWhole && context.path.length > 0) context.embedded?.(object, context.path);
  for (const name of Object.keys(object)) {
    if (isWhole && objectFields.has(name)) continue;
    const known = fieldSchema(schema, name);
    if (known === true) continue;
    context.path.push(name);
    if (known === undefined) {
      delete object[name];
      if (context.unknown.length < unknownMax) context.unknown.push(context.path.join(".").replaceAll(".[", "["));
    } else pruneValue(object[name], known, context);
    context.path.pop();
  }
}
