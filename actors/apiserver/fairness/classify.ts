import type { PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from "kubernetes-types/flowcontrol/v1.js";
import { type FlowSchema, flowSchema } from "../../api/kinds/flow_schema.ts";
import {
  type PriorityLevelConfiguration,
  priorityLevelConfiguration,
} from "../../api/kinds/priority_level_configuration.ts";
import type { Frozen } from "../../api/types.ts";
import type { ResourceCache } from "../cache/resource_cache.ts";
import type { User } from "../messages.ts";
import { objectOf } from "../storage/item.ts";

/** What of a request its priority depends on: what it is about, or the path that names no resource. */
export interface FlowRequest {
  readonly user: User;
  readonly verb: string;
  readonly group?: string;
  /** With its subresource; undefined: it is about a path. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly path: string;
}

/** Under which schema and level a request goes, and with which others it is one flow. */
export interface Classified {
  readonly schema: Frozen<FlowSchema>;
  readonly level: Frozen<PriorityLevelConfiguration>;
  readonly flow: string;
}

/** The schemas in the order in which they are tried, with the levels that they name. */
export type FlowTable = readonly Omit<Classified, "flow">[];

/** Makes the table of what the caches have; schemas whose level is missing go under the last of all. */
export function flowTable(caches: ReadonlyMap<string, ResourceCache>): FlowTable {
  const all = <T>(prefix: string) => [...(caches.get(prefix)?.items.values() ?? [])].map((item) => objectOf(item) as T);
  const levels = new Map(
    all<Frozen<PriorityLevelConfiguration>>(priorityLevelConfiguration.storagePrefix).map((level) => [
      level.metadata.name,
      level,
    ]),
  );
  const rank = ({ spec, metadata }: Frozen<FlowSchema>) => [spec.matchingPrecedence ?? 0, metadata.name] as const;
  return all<Frozen<FlowSchema>>(flowSchema.storagePrefix)
    .sort((a, b) => rank(a)[0] - rank(b)[0] || (rank(a)[1] < rank(b)[1] ? -1 : 1))
    .flatMap((schema) => {
      const level = levels.get(schema.spec.priorityLevelConfiguration.name) ?? levels.get("catch-all");
      return level ? [{ schema, level }] : [];
    });
}

/** Under which schema a request goes: the first that is about it. Undefined: no schema is. */
export function classify(table: FlowTable, request: FlowRequest): Classified | undefined {
  const found = table.find(({ schema }) => schema.spec.rules?.some((rule) => isAbout(rule, request)));
  if (!found) return undefined;
  const by = found.schema.spec.distinguisherMethod?.type;
  const own = by === "ByUser" ? request.user.name : by === "ByNamespace" ? (request.namespace ?? "") : "";
  return { ...found, flow: `${found.schema.metadata.name}/${own}` };
}

type Rule = Frozen<PolicyRulesWithSubjects>;

function isAbout({ subjects, resourceRules = [], nonResourceRules = [] }: Rule, request: FlowRequest): boolean {
  if (!subjects.some((subject) => isOf(subject, request.user))) return false;
  if (request.resource !== undefined) return resourceRules.some((rule) => isForResource(rule, request));
  return nonResourceRules.some(
    ({ verbs, nonResourceURLs }) =>
      has(verbs, request.verb) && nonResourceURLs.some((pattern) => isForPath(pattern, request.path)),
  );
}

function isOf({ kind, user, group, serviceAccount }: Frozen<Subject>, { name, groups }: User): boolean {
  if (kind === "User") return user?.name === "*" || user?.name === name;
  if (kind === "Group") return group?.name === "*" || groups.includes(group?.name ?? "");
  const prefix = `system:serviceaccount:${serviceAccount?.namespace}:`;
  return serviceAccount?.name === "*" ? name.startsWith(prefix) : name === `${prefix}${serviceAccount?.name}`;
}

function isForResource(
  { verbs, apiGroups, resources, clusterScope, namespaces = [] }: Frozen<ResourcePolicyRule>,
  { verb, group = "", resource = "", namespace = "" }: FlowRequest,
): boolean {
  if (!has(verbs, verb) || !has(apiGroups, group) || !has(resources, resource)) return false;
  return namespace === "" ? clusterScope === true : has(namespaces, namespace);
}

function has(names: readonly string[], name: string): boolean {
  return names.includes("*") || names.includes(name);
}

function isForPath(pattern: string, path: string): boolean {
  if (pattern === "*" || pattern === path) return true;
  return pattern.endsWith("/*") && path.startsWith(pattern.slice(0, -1));
}
