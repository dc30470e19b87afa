import { registry } from "../../actors/api/registry.ts";
import type { ClientRequest } from "../../actors/client/api_request.ts";

/** What asks: its promise is settled in a later step of the simulation. */
export type Ask = (request: ClientRequest) => Promise<unknown>;

interface Given {
  readonly name?: string;
  readonly namespace?: string;
  readonly body?: object;
  readonly group?: string;
  readonly version?: string;
  readonly plural?: string;
  readonly [parameter: string]: unknown;
}

type Place = Pick<ClientRequest, "group" | "version" | "resource">;

const verbs: Readonly<Record<string, ClientRequest["verb"]>> = {
  create: "create",
  read: "get",
  get: "get",
  list: "list",
  replace: "update",
  patch: "patch",
  delete: "delete",
  deleteCollection: "deletecollection",
};
const methodPattern =
  /^(create|read|get|list|replace|patch|deleteCollection|delete)(Namespaced|Cluster(?=CustomObject))?([A-Z]\w*?)(ForAllNamespaces)?(Status|Scale)?$/;
const queryNames = [
  "labelSelector",
  "fieldSelector",
  "limit",
  "resourceVersion",
  "fieldManager",
  "force",
  "dryRun",
] as const;

/**
 * A client in the shape of a class of @kubernetes/client-node: methods take one object and give promises. What it has no
 * method for it says.
 */
export function clientNodeApi(api: string, ask: Ask): object {
  return new Proxy(
    {},
    {
      get: (_target, method) => {
        // A promise that is awaited is asked whether it is one.
        if (typeof method !== "string" || method === "then") return undefined;
        return (given: Given = {}) => ask(requestOf(api, method, given));
      },
    },
  );
}

/**
 * The request that a method means.
 *
 * @throws Error when there is no such method here
 */
export function requestOf(api: string, method: string, given: Given): ClientRequest {
  const [, word = "", , what = "", , part] = methodPattern.exec(method) ?? [];
  const place = api === "CustomObjectsApi" ? customPlace(what, given) : placeOf(api, what);
  const verb = verbs[word];
  if (!place || !verb) throw new Error(`Cannot ask ${api}.${method}(): a simulated client has no such method`);
  const query = Object.fromEntries(
    queryNames.flatMap((name) =>
      given[name] === undefined ? [] : [[name === "fieldManager" ? name : name, String(given[name])]],
    ),
  );
  const { name, namespace, body } = given;
  return {
    verb,
    ...place,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(part === undefined ? {} : { subresource: part.toLowerCase() }),
    ...(Object.keys(query).length === 0 ? {} : { query }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(verb === "patch"
      ? { contentType: Array.isArray(body) ? "application/json-patch+json" : "application/merge-patch+json" }
      : {}),
  } as ClientRequest;
}

function customPlace(what: string, { group, version, plural }: Given): Place | undefined {
  if (!what.startsWith("CustomObject") || group === undefined || version === undefined) return undefined;
  return plural === undefined ? undefined : { group, version, resource: plural };
}

/** `AppsV1Api` and `Deployment`: the group whose name begins so, and its kind of that name. */
function placeOf(api: string, kind: string): Place | undefined {
  const [, named = "", version = ""] = /^(\w+?)(V\d\w*)Api$/.exec(api) ?? [];
  const start = named.toLowerCase();
  const found = registry.kinds.find((each) => {
    const own = each.group === "" ? "core" : each.group.replaceAll(".k8s.io", "").replaceAll(".", "");
    return each.kind === kind && each.version === version.toLowerCase() && own === start;
  });
  return found && { group: found.group, version: found.version, resource: found.plural };
}
