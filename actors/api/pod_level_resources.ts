/**
 * What a pod as a whole asks for and may have, beside what its containers say for themselves.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#pod-level-resource-specification
 */
import type { Frozen, PodSpec } from "./types.ts";

type Amounts = Readonly<Record<string, string>>;

/** The resources of a pod, which the types of Kubernetes' API do not know yet. */
export interface PodLevelResources {
  readonly requests?: Amounts;
  readonly limits?: Amounts;
  readonly claims?: readonly unknown[];
}

/** Which resources a pod as a whole may name. */
export const podLevelNames = ["cpu", "hugepages-", "memory"];

/** Whether a pod as a whole may name a resource. */
export function isPodLevelName(name: string): boolean {
  return name === "cpu" || name === "memory" || name.startsWith("hugepages-");
}

/** What a pod says for itself; undefined when it says nothing. */
export function podLevelResources(spec: Frozen<PodSpec>): PodLevelResources | undefined {
  const { resources } = spec as { readonly resources?: PodLevelResources };
  const { requests = {}, limits = {}, claims = [] } = resources ?? {};
  const isEmpty = Object.keys(requests).length + Object.keys(limits).length + claims.length === 0;
  return isEmpty ? undefined : resources;
}

/** Puts the requests of a pod as a whole in it. */
export function setPodLevelRequests(spec: PodSpec, requests: Amounts): void {
  const fields = spec as { resources?: PodLevelResources };
  fields.resources = { ...fields.resources, requests };
}
