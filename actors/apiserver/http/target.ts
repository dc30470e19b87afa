import { setOwn } from "../../api/types.ts";
import { present } from "../../kit/present.ts";
import type { Verb } from "../messages.ts";
import { isTrue } from "../requests/query.ts";

/** What an HTTP request's path means when it names a resource. */
export interface ResourceTarget {
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** What an HTTP request's path and method mean. */
export type Target =
  | ({ readonly kind: "resource" } & ResourceTarget)
  /** A path that names no resource: discovery, health, OpenAPI, or nothing. */
  | { readonly kind: "path"; readonly path: string; readonly parts: readonly string[] }
  /** The path names a resource, but nothing is done to it by this method. */
  | { readonly kind: "badMethod" };

/** A path and query as they came. */
export interface ParsedUrl {
  readonly path: string;
  readonly parts: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  /** All values of the parameters that are lists. */
  readonly dryRun: readonly string[];
  readonly exclude: readonly string[];
}

/** Splits an undecoded URL; undefined when it cannot be decoded. */
export function parseUrl(url: string): ParsedUrl | undefined {
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  const query: Record<string, string> = {};
  const lists: Readonly<Record<"dryRun" | "exclude", string[]>> = { dryRun: [], exclude: [] };
  if (at >= 0) {
    // Of several values the first one counts.
    for (const [name, value] of new URLSearchParams(url.slice(at + 1))) {
      if (!Object.hasOwn(query, name)) setOwn(query, { key: name, value });
      if (name === "dryRun" || name === "exclude") lists[name].push(value);
    }
  }
  try {
    // As in Go, an encoded slash is one like any other: clients encode what is behind a proxy so.
    const parts = decodeURIComponent(path)
      .split("/")
      .filter((part) => part !== "");
    return { path, parts, query, ...lists };
  } catch {
    return undefined;
  }
}

/** What a request's path, query and method mean. */
export function targetOf(method: string, { path, parts, query }: ParsedUrl): Target {
  const elsewhere: Target = { kind: "path", path, parts };
  const [root, second = "", third = ""] = parts;
  if (root !== "api" && root !== "apis") return elsewhere;
  const [group, version] = root === "api" ? ["", second] : [second, third];
  const rest = parts.slice(root === "api" ? 2 : 3);
  // The old form of a watch, which some clients still use.
  const isOldWatch = rest[0] === "watch" && rest.length > 1;
  const place = placeOf(isOldWatch ? rest.slice(1) : rest);
  if (!place) return elsewhere;
  const isPart = place.subresource !== undefined;
  // Only a proxy passes on what it does not know itself.
  if (method === "OPTIONS" && place.subresource === "proxy")
    return { kind: "resource", verb: "options", group, version, ...place };
  // One object is got, whatever the query says; `watch` is for lists.
  const isWatch = isOldWatch || (place.name === undefined && isTrue(query.watch));
  const verb = verbOf(method, { named: place.name !== undefined, isPart, isWatch: isWatch && !isPart });
  return verb ? { kind: "resource", verb, group, version, ...place } : { kind: "badMethod" };
}

type Place = Pick<ResourceTarget, "resource" | "namespace" | "name" | "subresource">;

/** Which object is meant: `namespaces/NS/pods/NAME/status`, `nodes/NAME`, `namespaces/NS/finalize`. */
function placeOf(parts: readonly string[]): Place | undefined {
  const [first, second, third, fourth, fifth] = parts;
  // What comes behind a proxy's path is somebody else's.
  if (first === "namespaces" && fifth === "proxy") return { resource: third ?? "", ...ofProxy(second, fourth) };
  if (first !== "namespaces" && third === "proxy") return { resource: first ?? "", ...ofProxy(undefined, second) };
  if (first === undefined || parts.length > 5) return undefined;
  const ofNamespace = third === "status" || third === "finalize";
  if (first === "namespaces" && second !== undefined && third !== undefined && !(ofNamespace && parts.length === 3)) {
    return { resource: third, namespace: second, ...naming(fourth, fifth) };
  }
  return parts.length > 3 ? undefined : { resource: first, ...naming(second, third) };
}

function ofProxy(namespace: string | undefined, name: string | undefined): Partial<Place> {
  return { ...present({ namespace, name }), subresource: "proxy" };
}

function naming(name: string | undefined, subresource: string | undefined): Pick<Place, "name" | "subresource"> {
  return { ...present({ name, subresource }) };
}

interface Form {
  readonly named: boolean;
  readonly isPart: boolean;
  readonly isWatch: boolean;
}

function verbOf(method: string, { named, isPart, isWatch }: Form): Verb | undefined {
  switch (method) {
    case "GET":
    case "HEAD":
      return isWatch ? "watch" : named ? "get" : "list";
    case "POST":
      // The object says its name; only parts are created below a name.
      return named && !isPart ? undefined : "create";
    case "PUT":
      return named ? "update" : undefined;
    case "PATCH":
      return named ? "patch" : undefined;
    case "DELETE":
      return named ? "delete" : "deletecollection";
    default:
      return undefined;
  }
}
