import { forbiddenStatus, type Status } from "../../api/status.ts";
import type { ApiRequest, User } from "../messages.ts";
import type { Authorizer, Decision, PathAttributes, ResourceAttributes } from "./_authorizer.ts";
import { all } from "./all.ts";

/** The authorizers in the order in which they are asked. */
const authorizers: readonly Authorizer[] = [...all].sort((a, b) => a.place - b.place);

/** Whether something may be done to a resource. */
export function isAllowed(attributes: ResourceAttributes): boolean {
  return firstOpinion(authorizers, (authorizer) => authorizer.onResource?.(attributes));
}

/** Whether a path that names no resource may be read. */
export function isPathAllowed(attributes: PathAttributes): boolean {
  return firstOpinion(authorizers, (authorizer) => authorizer.onPath?.(attributes));
}

/** What the first says that has an opinion; what none allows is denied. */
export function firstOpinion(
  asked: readonly Authorizer[],
  ask: (authorizer: Authorizer) => Decision | undefined,
): boolean {
  for (const authorizer of asked) {
    const decision = ask(authorizer) ?? "no opinion";
    if (decision !== "no opinion") return decision === "allow";
  }
  return false;
}

/** Refuses what nobody allows, in Kubernetes' words. */
export function refusalOf(attributes: ResourceAttributes): Status | undefined {
  if (isAllowed(attributes)) return undefined;
  const { user, verb, group, resource, namespace, name } = attributes;
  const where = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const text = `User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  const [plural = resource] = resource.split("/");
  return forbiddenStatus({ group, resource: plural }, name, text);
}

/** Refuses a request that nobody allows its user. */
export function authorize(user: User, request: ApiRequest): Status | undefined {
  const { verb, group, namespace = "", name = "", subresource } = request;
  const resource = subresource ? `${request.resource}/${subresource}` : request.resource;
  return refusalOf({ user, verb, group, resource, namespace, name });
}
