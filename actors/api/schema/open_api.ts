/**
 * The OpenAPI documents of a server: what kubectl explains, validates and merges by.
 */
import type { KindDefinition, Verb } from "../kind.ts";
import type { GroupVersion } from "../registry.ts";
import type { Fields } from "../types.ts";
import type { OpenApiVersion } from "./open_api_schemas.ts";
import { kindSchemas } from "./open_api_schemas.ts";
import { shownName } from "./schema.ts";

/** The version of Kubernetes that the documents name. */
const infoVersion = "v1.34.0";

/** A part of an object, or a thing to do with it, that has a path of its own. */
export interface OpenApiPart {
  /** `status`. */
  readonly name: string;
  readonly verbs: readonly Verb[];
  /** What is sent to it and comes from it. */
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  /** It is a stream and no object. Default false. */
  readonly isStream?: boolean;
}

/** The parts of a kind's objects. */
export type PartsOf = (kind: KindDefinition) => readonly OpenApiPart[];
const noParts: PartsOf = () => [];

/** The OpenAPI v3 document of one group version, served at `/openapi/v3/api/v1` or `/openapi/v3/apis/GROUP/VERSION`. */
export function openApiV3(groupVersion: GroupVersion, partsOf: PartsOf = noParts): Fields {
  const { kinds } = groupVersion;
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: infoVersion },
    paths: pathsOf(kinds, "v3", partsOf),
    components: { schemas: kindSchemas(kinds, "v3") },
  };
}

/** The OpenAPI v2 document of all kinds, served at `/openapi/v2`. */
export function openApiV2(kinds: readonly KindDefinition[], partsOf: PartsOf = noParts): Fields {
  return {
    swagger: "2.0",
    info: { title: "Kubernetes", version: infoVersion },
    paths: pathsOf(kinds, "v2", partsOf),
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
const listParameters = [
  ...["allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion"],
  ...["resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"],
];

function pathsOf(kinds: readonly KindDefinition[], version: OpenApiVersion, partsOf: PartsOf): Fields {
  const paths: Fields = {};
  const add = (path: string, operations: Fields) => {
    if (Object.keys(operations).length === 0) return;
    const names = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
    const parameters = names.map((name) => parameter(name, "path", version));
    paths[path] = parameters.length > 0 ? { ...operations, parameters } : operations;
  };
  for (const kind of kinds) {
    const scope = kind.namespaced ? "/namespaces/{namespace}" : "";
    const [root, { plural }] = [rootOf(kind), kind];
    const collection = `${root}${scope}/${plural}`;
    const has = (verb: string): boolean => kind.verbs.some((each) => each === verb);
    const list: Fields = {};
    const of = (action: string, parameters: readonly string[] = []) => operation(kind, { action, version, parameters });
    if (has("list")) list.get = of("list", listParameters);
    if (has("create")) list.post = of("post", writeParameters);
    if (has("deletecollection")) list.delete = of("deletecollection", listParameters);
    const item: Fields = {};
    for (const [method, action, verb] of actions) {
      if (has(verb)) item[method] = of(action, method === "put" || method === "patch" ? writeParameters : []);
    }
    add(collection, list);
    add(`${collection}/{name}`, item);
    for (const part of partsOf(kind)) add(`${collection}/{name}/${part.name}`, partOperations(kind, { part, version }));
    if (has("list") && kind.namespaced) add(`${root}/${plural}`, { get: of("list", listParameters) });
    if (!has("watch")) continue;
    add(`${root}/watch${scope}/${plural}`, { get: of("watchlist", listParameters) });
    add(`${root}/watch${scope}/${plural}/{name}`, { get: of("watch", listParameters) });
    if (kind.namespaced) add(`${root}/watch/${plural}`, { get: of("watchlist", listParameters) });
  }
  return paths;
}

function partOperations(
  kind: KindDefinition,
  { part, version }: { readonly part: OpenApiPart; readonly version: OpenApiVersion },
): Fields {
  const found: Fields = {};
  for (const [method, action, verb] of [...actions, ["post", "post", "create"] as const]) {
    if (!part.verbs.some((each) => each === verb)) continue;
    const parameters = method === "get" || method === "delete" ? [] : writeParameters;
    const options = { action: part.isStream ? "connect" : action, version, parameters };
    found[method] = operation(kind, { ...options, part });
  }
  return found;
}

function parameter(name: string, place: "path" | "query", version: OpenApiVersion): Fields {
  const required = place === "path" ? { required: true } : {};
  const type = { type: "string", uniqueItems: true };
  return { name, in: place, ...required, ...(version === "v3" ? { schema: type } : type) };
}

interface OperationOptions {
  action: string;
  version: OpenApiVersion;
  parameters: readonly string[];
  part?: OpenApiPart;
}

function operation(kind: KindDefinition, { action, version, parameters, part }: OperationOptions): Fields {
  const { group, version: kindVersion, kind: name } = part?.kind ?? kind;
  const isOwn = group === kind.group && kindVersion === kind.version && name === kind.kind;
  const list = action === "list" ? "List" : "";
  const reference = `${shownName(kind.schema)}${list}`;
  // What is of another version's document is not referred to.
  const schema =
    part?.isStream || action.startsWith("watch")
      ? { type: "string" }
      : isOwn
        ? { $ref: `#/${version === "v3" ? "components/schemas" : "definitions"}/${reference}` }
        : { type: "object" };
  const content = version === "v3" ? { content: { "application/json": { schema } } } : { schema };
  return {
    operationId: `${action}${kind.kind}${part ? part.name.slice(0, 1).toUpperCase() + part.name.slice(1) : ""}`,
    parameters: parameters.map((each) => parameter(each, "query", version)),
    responses: { "200": { description: "OK", ...content } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group, kind: name, version: kindVersion },
  };
}
