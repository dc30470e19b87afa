/** How much of a request is written down. */
export type Level = "None" | "Metadata" | "Request" | "RequestResponse";
/** When something is written down. */
export type Stage = "RequestReceived" | "ResponseStarted" | "ResponseComplete" | "Panic";

/** Resources of a group; without names all of it. */
export interface GroupResources {
  readonly group?: string;
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Which requests are written down how. Of all that a rule names each has to fit; what it does not name always does. */
export interface AuditRule {
  readonly level: Level;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly GroupResources[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly Stage[];
  readonly omitManagedFields?: boolean;
}

/** What is written down; the first rule that fits decides, and what none fits is not. */
export interface AuditPolicy {
  readonly rules: readonly AuditRule[];
  readonly omitStages?: readonly Stage[];
  readonly omitManagedFields?: boolean;
}

/** What of a request its level depends on. */
export interface AuditedRequest {
  readonly user: { readonly name: string; readonly groups: readonly string[] };
  readonly verb: string;
  readonly path: string;
  /** Default: it is about a path. */
  readonly resource?: { readonly group: string; readonly resource: string; readonly subresource: string };
  readonly namespace: string;
  readonly name: string;
}

/** How a request is written down. */
export interface Verdict {
  readonly level: Level;
  readonly omitStages: ReadonlySet<Stage>;
  readonly omitManagedFields: boolean;
}

/**
 * How a request is written down.
 *
 * @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy
 */
export function verdictOn(policy: AuditPolicy, request: AuditedRequest): Verdict {
  const rule = policy.rules.find((each) => fits(each, request));
  return {
    level: rule?.level ?? "None",
    omitStages: new Set([...(policy.omitStages ?? []), ...(rule?.omitStages ?? [])]),
    omitManagedFields: rule?.omitManagedFields ?? policy.omitManagedFields ?? false,
  };
}

function fits(rule: AuditRule, request: AuditedRequest): boolean {
  const { users = [], userGroups = [], verbs = [], namespaces = [], resources = [], nonResourceURLs = [] } = rule;
  const { user, verb, path, resource, namespace } = request;
  if (users.length > 0 && !users.includes(user.name)) return false;
  if (userGroups.length > 0 && !userGroups.some((each) => user.groups.includes(each))) return false;
  if (verbs.length > 0 && !verbs.includes(verb)) return false;
  if (namespaces.length === 0 && resources.length === 0 && nonResourceURLs.length === 0) return true;
  if (!resource) return nonResourceURLs.some((pattern) => fitsPath(pattern, path));
  if (nonResourceURLs.length > 0 && resources.length === 0 && namespaces.length === 0) return false;
  if (namespaces.length > 0 && !namespaces.includes(namespace)) return false;
  return resources.length === 0 || resources.some((each) => fitsResource(each, request));
}

function fitsPath(pattern: string, path: string): boolean {
  return pattern === "*" || pattern === path || (pattern.endsWith("*") && path.startsWith(pattern.slice(0, -1)));
}

function fitsResource(
  { group = "", resources = [], resourceNames = [] }: GroupResources,
  { resource, name }: AuditedRequest,
): boolean {
  if (!resource || group !== resource.group) return false;
  if (resourceNames.length > 0 && !resourceNames.includes(name)) return false;
  const { subresource } = resource;
  const whole = subresource === "" ? resource.resource : `${resource.resource}/${subresource}`;
  const others = ["*", whole, `${resource.resource}/*`, `*/${subresource}`];
  return resources.length === 0 || resources.some((each) => fitsName(each, { whole, subresource, others }));
}

interface Named {
  readonly whole: string;
  readonly subresource: string;
  readonly others: readonly string[];
}

/** `pods/*` is all parts of pods and not pods themselves; `*` is everything. */
function fitsName(pattern: string, { whole, subresource, others }: Named): boolean {
  if (pattern === "*" || pattern === whole) return true;
  return subresource !== "" && others.includes(pattern);
}
