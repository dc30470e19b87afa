import { forbiddenStatus, type Status } from "../../api/status.ts";
import type { ApiRequest, User } from "../messages.ts";
import { type AuthorizationRule, componentRules } from "./rules.ts";

/** What is asked of an authorizer. */
export interface Attributes {
  readonly user: User;
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `pods/status`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Says whether something is allowed; an authorizer that has no opinion leaves it to the next. */
export type Authorizer = (attributes: Attributes) => boolean;

const privilegedGroup = "system:masters";

/** Open to everybody, as Kubernetes' role `system:public-info-viewer` allows. */
const publicPath = /^\/(?:healthz|livez|readyz|version\/?)$/;

/** Whether somebody may ask for a path that names no resource; who is known may read all of them. */
export function isPathAllowed({ groups }: User, { verb, path }: { verb: string; path: string }): boolean {
  if (groups.includes(privilegedGroup)) return true;
  if (verb !== "get" && verb !== "head") return false;
  return publicPath.test(path) || groups.includes("system:authenticated");
}

/** Who is in this group may do everything. */
export const privileged: Authorizer = ({ user }) => user.groups.includes(privilegedGroup);

/** Allows what one of the rules allows. */
export function byRules(rules: readonly AuthorizationRule[]): Authorizer {
  return (attributes) => rules.some((rule) => allows(rule, attributes));
}

/**
 * To get these is to act in a container. No component does, so what a rule says of everything is not said of them; on a
 * real cluster the components' roles name one by one what they read.
 */
const inContainers: ReadonlySet<string> = new Set(["pods/exec", "pods/attach", "pods/portforward"]);

function means(list: readonly string[], value: string): boolean {
  return list.includes("*") || list.includes(value);
}

function allows(rule: AuthorizationRule, { user, verb, group, resource }: Attributes): boolean {
  if (!means(rule.verbs, verb) || !means(rule.groups, group)) return false;
  if (!rule.resources.includes(resource) && (!means(rule.resources, resource) || inContainers.has(resource)))
    return false;
  return rule.subjects.some((subject) =>
    subject.startsWith("group:") ? user.groups.includes(subject.slice(6)) : subject === user.name,
  );
}

/** The authorizers, in the order in which they are asked; one that allows is enough. */
export const authorizers: readonly Authorizer[] = [privileged, byRules(componentRules)];

/** Whether anybody allows it. */
export function isAllowed(attributes: Attributes): boolean {
  return authorizers.some((allow) => allow(attributes));
}

/** Refuses what nobody allows, in Kubernetes' words. */
export function refusalOf(attributes: Attributes): Status | undefined {
  if (isAllowed(attributes)) return undefined;
  const { user, verb, group, resource, namespace, name } = attributes;
  const where = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const text = `User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  const [plural = resource] = resource.split("/");
  return forbiddenStatus({ group, resource: plural }, name, text);
}

/** Refuses a request that nobody allows. */
export function authorize(request: ApiRequest): Status | undefined {
  const { user, verb, group, namespace = "", name = "", subresource } = request;
  const resource = subresource ? `${request.resource}/${subresource}` : request.resource;
  return refusalOf({ user, verb, group, resource, namespace, name });
}
