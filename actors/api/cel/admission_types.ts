import type { JsonSchema } from "../custom/json_schema.ts";
import type { CelType } from "./type_check.ts";

const text: JsonSchema = { type: "string" };
const object = (properties: Record<string, JsonSchema>): JsonSchema => ({ type: "object", properties });
const texts = (...names: string[]) => Object.fromEntries(names.map((name) => [name, text]));
const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });
const map = (values: JsonSchema): JsonSchema => ({ type: "object", additionalProperties: values });
/** Whatever it may be. */
const any: JsonSchema = { "x-kubernetes-preserve-unknown-fields": true };
const time: JsonSchema = { type: "string", format: "date-time" };
const integer: JsonSchema = { type: "integer" };

const kind = object(texts("group", "version", "kind"));
const resource = object(texts("group", "version", "resource"));

/** A request, as expressions see it. */
const request = object({
  ...{ kind, resource, requestKind: kind, requestResource: resource },
  ...texts("subResource", "requestSubResource", "name", "namespace", "operation"),
  userInfo: object({ ...texts("username", "uid"), groups: list(text), extra: map(list(text)) }),
  dryRun: { type: "boolean" },
  options: any,
});

/** The namespace of what is written, as expressions see it: of it, only this. */
const namespaceObject = object({
  metadata: object({
    ...texts("name", "generateName", "namespace", "resourceVersion", "UID", "uid"),
    ...{ labels: map(text), annotations: map(text), finalizers: list(text) },
    ...{ creationTimestamp: time, deletionTimestamp: time, deletionGracePeriodSeconds: integer, generation: integer },
  }),
  spec: object({ finalizers: list(text) }),
  status: object({ phase: text }),
});

/** The types of what expressions of webhooks and policies may name, as far as they are the same for all. */
export const admissionTypes: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ["request", { tag: "schema", schema: request }],
  ["namespaceObject", { tag: "schema", schema: namespaceObject }],
]);
