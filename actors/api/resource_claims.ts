/**
 * How pods have devices: by ResourceClaims, each named or made for one pod.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
import type { ClaimConsumer } from "./device_claims.ts";
import type { ResourceClaim } from "./kinds/resource_claim.ts";
import { getControllerOf } from "./owner_references.ts";
import { isPodTerminated } from "./pod.ts";
import type { Frozen, KubeObject, Pod } from "./types.ts";

/** Keeps a claim as long as it has devices. */
export const deviceFinalizer = "resource.kubernetes.io/delete-protection";
/** For which of its pod's claims a claim was made. */
export const podClaimAnnotation = "resource.kubernetes.io/pod-claim-name";
/** So many pods share one claim. */
export const consumersMax = 256;

/** One of a pod's claims, as its spec has it. */
export interface PodClaim {
  readonly name: string;
  readonly resourceClaimName?: string;
  readonly resourceClaimTemplateName?: string;
}

const none: readonly never[] = [];

/** The claims of a pod's spec; newer than the types are. */
export function podClaimsOf({ spec }: Frozen<Pod>): readonly PodClaim[] {
  return (spec as { readonly resourceClaims?: readonly PodClaim[] }).resourceClaims ?? none;
}

/** The claims that were made for a pod, as its status says: undefined is not yet, without a name that none is needed. */
export function madeClaim({ status }: Frozen<Pod>, name: string): { readonly resourceClaimName?: string } | undefined {
  const { resourceClaimStatuses = none } = (status ?? {}) as {
    readonly resourceClaimStatuses?: readonly { readonly name: string; readonly resourceClaimName?: string }[];
  };
  return resourceClaimStatuses.find((each) => each.name === name);
}

/** Whether a claim was made for this very pod. */
export function isClaimOf(claim: Frozen<ResourceClaim>, { metadata }: Frozen<Pod>): boolean {
  return getControllerOf(claim as Frozen<KubeObject>)?.uid === metadata.uid;
}

/** Whether a pod may use a claim now. */
export function isReservedFor({ status }: Frozen<ResourceClaim>, uid: string): boolean {
  return status?.reservedFor?.some((each) => each.uid === uid) === true;
}

/** A pod as the user of a claim. */
export function consumerOf({ name, uid }: { readonly name: string; readonly uid: string }): ClaimConsumer {
  return { resource: "pods", name, uid };
}

/** Whether a pod needs its claims no longer: it has ended, or will never begin. */
export function isDoneWithClaims(pod: Frozen<Pod>): boolean {
  return isPodTerminated(pod) || (pod.metadata.deletionTimestamp !== undefined && !pod.spec.nodeName);
}
