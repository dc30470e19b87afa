import { claimNameIn, isMadeFor } from "../../api/pod_claims.ts";
import { waitsForConsumer } from "../../api/storage_classes.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import { classNameOf, isFullyBound } from "../../api/volume_binding.ts";
import { type Rejection, unresolvable } from "../framework.ts";
import type { PodInfo } from "../pod_info.ts";
import type { Claim, VolumeView } from "./volume_index.ts";

/** The claims of a pod, by what has to be done about them. */
export interface PodClaims {
  readonly bound: readonly Claim[];
  /** Their volumes are chosen, or made, for the node that the pod gets. */
  readonly delayed: readonly Claim[];
}

const unbound = unresolvable("pod has unbound immediate PersistentVolumeClaims");

/** Whether a pod has any claims. */
export function hasClaims({ pod }: PodInfo): boolean {
  const { volumes } = pod.spec;
  return volumes?.some(({ persistentVolumeClaim, ephemeral }) => persistentVolumeClaim ?? ephemeral) ?? false;
}

/** What may bring the volumes of a pod's claims within reach of a node. */
export const volumesNear = (["volume.change", "storage-class.change", "node.add", "node.labels"] as const).map(
  (on) => ({
    on,
    helps: hasClaims,
  }),
);

/** The claims that a pod names: those that are made for it are not among them. */
export function namedClaims({ pod }: PodInfo): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

/** Sorts a pod's claims; a rejection where one is not there, or is bound to nothing yet. */
export function claimsOf(info: PodInfo, volumes: VolumeView): PodClaims | Rejection {
  const bound: Claim[] = [];
  const delayed: Claim[] = [];
  let isUnbound = false;
  for (const volume of info.pod.spec.volumes ?? []) {
    const name = claimNameIn(info.pod, volume);
    if (name === undefined) continue;
    const claim = volumes.claim(info.namespace, name);
    const wrong = wrongWith(claim, { name, info, isEphemeral: volume.ephemeral !== undefined });
    // What is wrong with a claim itself is said before that one has no volume yet.
    if (wrong !== undefined || claim === undefined) return unresolvable(wrong ?? "");
    if (isFullyBound(claim)) bound.push(claim);
    else if (isDelayed(claim, volumes)) delayed.push(claim);
    else isUnbound = true;
  }
  return isUnbound ? unbound : { bound, delayed };
}

function isDelayed(claim: Claim, volumes: VolumeView): boolean {
  return !claim.spec.volumeName && waitsForConsumer(volumes.storageClass(classNameOf(claim)));
}

interface Named {
  readonly name: string;
  readonly info: PodInfo;
  readonly isEphemeral: boolean;
}

function wrongWith(claim: Claim | undefined, { name, info, isEphemeral }: Named): string | undefined {
  const quoted = JSON.stringify(name);
  if (claim === undefined) {
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quoted}`
      : `persistentvolumeclaim ${quoted} not found`;
  }
  if (claim.status.phase === "Lost") {
    const { volumeName = "" } = claim.spec;
    return `persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${JSON.stringify(volumeName)}`;
  }
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim ${quoted} is being deleted`;
  if (!isEphemeral || isMadeFor(claim as Frozen<KubeObject>, info.pod)) return undefined;
  return `PVC ${info.namespace}/${name} was not created for pod ${info.key} (pod is not owner)`;
}
