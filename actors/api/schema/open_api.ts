/**
 * The OpenAPI documents of a server: what kubectl explains, validates and merges by.
 */
import type { KindDefinition } from "../kind.ts";
import type { GroupVersion } from "../registry.ts";
import type { Fields } from "../types.ts";
import type { OpenApiVersion } from "./open_api_schemas.ts";
import { kindSchemas } from "./open_api_schemas.ts";
import { shownName } from "./schema.ts";

/** The version of Kubernetes that the documents name. */
const infoVersion = "v1.34.0";

/** The OpenAPI v3 document of one group version, served at `/openapi/v3/api/v1` or `/openapi/v3/apis/GROUP/VERSION`. */
export function openApiV3(groupVersion: GroupVersion): Fields {
  const { kinds } = groupVersion;
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: infoVersion },
    paths: pathsOf(kinds, "v3"),
    components: { schemas: kindSchemas(kinds, "v3") },
  };
}

/** The OpenAPI v2 document of all kinds, served at `/openapi/v2`. */
export function openApiV2(kinds: readonly KindDefinition[]): Fields {
  return {
    swagger: "2.0",
    info: { title: "Kubernetes", version: infoVersion },
    paths: pathsOf(kinds, "v2"),
    definitions: kindSchemas(kinds, "v2"),
  };
}

function rootOf({ group, version }: KindDefinition): string {
  return group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
}

const actions: readonly (readonly [method: string, action: string, verb: string])[] = [
  ["get", "get", "get"],
  ["put", "put", "update"],
  ["patch", "patch", "patch"],
  ["delete", "delete", "delete"],
];
const writeParameters = ["dryRun", "fieldManager", "fieldValidation"];

function pathsOf(kinds: readonly KindDefinition[], version: OpenApiVersion): Fields {
  const paths: Fields = {};
  for (const kind of kinds) {
    const scope = kind.namespaced ? "/namespaces/{namespace}" : "";
    const collection = `${rootOf(kind)}${scope}/${kind.plural}`;
    const has = (verb: string): boolean => kind.verbs.some((each) => each === verb);
    const list: Fields = {};
    if (has("list")) list.get = operation(kind, { action: "list", version, parameters: [] });
    if (has("create")) list.post = operation(kind, { action: "post", version, parameters: writeParameters });
    if (has("deletecollection")) list.delete = operation(kind, { action: "deletecollection", version, parameters: [] });
    const item: Fields = {};
    for (const [method, action, verb] of actions) {
      const parameters = method === "put" || method === "patch" ? writeParameters : [];
      if (has(verb)) item[method] = operation(kind, { action, version, parameters });
    }
    paths[collection] = list;
    if (Object.keys(item).length > 0) paths[`${collection}/{name}`] = item;
  }
  return paths;
}

interface OperationOptions {
  action: string;
  version: OpenApiVersion;
  parameters: readonly string[];
}

function operation(kind: KindDefinition, { action, version, parameters }: OperationOptions): Fields {
  const { group, version: kindVersion, kind: name } = kind;
  const list = action === "list" ? "List" : "";
  const reference = `${shownName(kind.schema)}${list}`;
  const content =
    version === "v3"
      ? { content: { "application/json": { schema: { $ref: `#/components/schemas/${reference}` } } } }
      : { schema: { $ref: `#/definitions/${reference}` } };
  return {
    operationId: `${action}${name}`,
    parameters: parameters.map((parameter) => ({
      name: parameter,
      in: "query",
      ...(version === "v3" ? { schema: { type: "string", uniqueItems: true } } : { type: "string", uniqueItems: true }),
    })),
    responses: { "200": { description: "OK", ...content } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group, kind: name, version: kindVersion },
  };
}
