import { parseFieldSelector } from "../../api/field_selector.ts";
import { forbiddenStatus, type Status } from "../../api/status.ts";
import { present } from "../../kit/present.ts";
import type { ApiRequest, User } from "../messages.ts";
import type { Authorizer, KnownRules, Opinion, PathAttributes, ResourceAttributes } from "./_authorizer.ts";
import type { Rights } from "./_rights.ts";
import { all } from "./all.ts";

/** The authorizers in the order in which they are asked. */
const authorizers: readonly Authorizer[] = [...all].sort((a, b) => a.place - b.place);

/** Whether something may be done to a resource, and why. */
export function judgeResource(rights: Rights, attributes: ResourceAttributes): Opinion {
  return firstOpinion(authorizers, (authorizer) => authorizer.onResource?.(attributes, rights));
}

/** Whether a path that names no resource may be read, and why. */
export function judgePath(rights: Rights, attributes: PathAttributes): Opinion {
  return firstOpinion(authorizers, (authorizer) => authorizer.onPath?.(attributes, rights));
}

/** What the first says that has an opinion; what none allows is denied, for all the reasons that there are. */
export function firstOpinion(
  asked: readonly Authorizer[],
  ask: (authorizer: Authorizer) => Opinion | undefined,
): Opinion {
  let reason = "";
  for (const authorizer of asked) {
    const opinion = ask(authorizer);
    if (!opinion) continue;
    if (opinion.decision !== "no opinion") return opinion;
    if (opinion.reason !== "") reason = reason === "" ? opinion.reason : `${reason}\n${opinion.reason}`;
  }
  return { decision: "no opinion", reason };
}

/** All that a user may do in a namespace, as far as the authorizers know it. */
export function knownRules(rights: Rights, user: User, namespace: string): KnownRules {
  const known = authorizers.flatMap(({ rulesFor }) => rulesFor?.(user, namespace, rights) ?? []);
  const errors = known.flatMap(({ error }) => (error === "" ? [] : [error]));
  return {
    resourceRules: known.flatMap(({ resourceRules }) => resourceRules),
    nonResourceRules: known.flatMap(({ nonResourceRules }) => nonResourceRules),
    incomplete: known.some(({ incomplete }) => incomplete),
    error: errors.length > 1 ? `[${errors.join(", ")}]` : (errors[0] ?? ""),
  };
}

/** Refuses what nobody allows, in Kubernetes' words. */
export function refusalOf(rights: Rights, attributes: ResourceAttributes): Status | undefined {
  const { decision, reason } = judgeResource(rights, attributes);
  if (decision === "allow") return undefined;
  const { user, verb, group, resource, namespace, name } = attributes;
  const where = namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`;
  const text = `User ${JSON.stringify(user.name)} cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  const [plural = resource] = resource.split("/");
  return forbiddenStatus({ group, resource: plural }, name, withReason(text, reason));
}

/** A refusal, with the reason where there is one. */
export function withReason(text: string, reason: string): string {
  const safe = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return reason === "" ? safe : `${safe}: ${reason}`;
}

/** Refuses a request that nobody allows its user. */
export function authorize(rights: Rights, user: User, request: ApiRequest): Status | undefined {
  return refusalOf(rights, attributesOf(user, request));
}

/** What a request is about, as authorizers are asked. */
export function attributesOf(user: User, request: ApiRequest): ResourceAttributes {
  const { verb, group, namespace = "", subresource, query } = request;
  const resource = subresource ? `${request.resource}/${subresource}` : request.resource;
  const fieldSelector = query?.fieldSelector;
  const name = request.name || (fieldSelector ? selectedName(verb, fieldSelector) : "");
  return { user, verb, group, resource, namespace, name, ...present({ fieldSelector }) };
}

/** Who asks for several objects and selects one by its name asks for that one. */
function selectedName(verb: string, fieldSelector: string): string {
  if (verb !== "list" && verb !== "watch" && verb !== "deletecollection") return "";
  const parsed = parseFieldSelector(fieldSelector);
  const found = parsed.ok ? parsed.value.find(({ field, equal }) => field === "metadata.name" && equal) : undefined;
  return found?.value ?? "";
}
