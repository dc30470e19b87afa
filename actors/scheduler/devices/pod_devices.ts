import { resourceClaim } from "../../api/kinds/resource_claim.ts";
import { matchesNodeTerm, type SelectableNode } from "../../api/node_selector.ts";
import {
  consumerOf,
  consumersMax,
  deviceFinalizer,
  isClaimOf,
  isReservedFor,
  madeClaim,
  podClaimsOf,
} from "../../api/resource_claims.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { PluginWrite } from "../framework.ts";
import type { PodInfo } from "../pod_info.ts";
import type { Chosen } from "./allocate.ts";
import { allocationOf } from "./allocation.ts";
import type { DeviceClaim, DeviceView } from "./device_index.ts";

/** The claims of a pod, by what has to be done about them. */
export interface PodDevices {
  /** They have their devices. */
  readonly allocated: readonly DeviceClaim[];
  readonly pending: readonly DeviceClaim[];
}

/** Whether a pod has claims for devices. */
export function hasDevices({ pod }: PodInfo): boolean {
  return podClaimsOf(pod).length > 0;
}

/** The names of a pod's claims that are known, those that were made for it among them. */
export function claimNames({ pod }: PodInfo): readonly string[] {
  // A claim without a name was not needed after all.
  return podClaimsOf(pod).flatMap(
    ({ name, resourceClaimName }) => resourceClaimName ?? madeClaim(pod, name)?.resourceClaimName ?? [],
  );
}

/** Why a pod waits for a claim that is to be made for it; undefined: it does not. */
export function unmade({ pod, key }: PodInfo): string | undefined {
  const isUnmade = podClaimsOf(pod).some(
    ({ name, resourceClaimName }) => resourceClaimName === undefined && madeClaim(pod, name) === undefined,
  );
  return isUnmade ? `pod ${JSON.stringify(key)}: ResourceClaim not created yet` : undefined;
}

/** Sorts a pod's claims; a failure where one is not there, goes, or is somebody else's. */
export function devicesOf(info: PodInfo, view: DeviceView): Result<PodDevices, string> {
  const sorted = { allocated: [] as DeviceClaim[], pending: [] as DeviceClaim[] };
  const named = new Set(podClaimsOf(info.pod).map(({ resourceClaimName }) => resourceClaimName));
  for (const name of new Set(claimNames(info))) {
    const claim = view.claim(info.namespace, name);
    const wrong = wrongWith(claim, { info, name, isMade: !named.has(name), view });
    if (wrong !== undefined || claim === undefined) return failed(wrong ?? "");
    (claim.status?.allocation ? sorted.allocated : sorted.pending).push(claim);
  }
  return ok(sorted);
}

interface Named {
  readonly info: PodInfo;
  readonly name: string;
  readonly isMade: boolean;
  readonly view: DeviceView;
}

function wrongWith(claim: DeviceClaim | undefined, { info, name, isMade, view }: Named): string | undefined {
  if (claim === undefined) return `could not find ResourceClaim "${info.namespace}/${name}"`;
  if (claim.metadata.deletionTimestamp !== undefined) return `resourceclaim ${JSON.stringify(name)} is being deleted`;
  if (isMade && !isClaimOf(claim, info.pod)) {
    return `ResourceClaim ${info.namespace}/${name} was not created for pod ${info.key} (pod is not owner)`;
  }
  if (claim.status?.allocation) {
    const isFull = (claim.status.reservedFor?.length ?? 0) >= consumersMax && !isReservedFor(claim, info.uid);
    return isFull ? "resourceclaim in use" : undefined;
  }
  for (const { name: request, exactly, firstAvailable = [] } of claim.spec.devices?.requests ?? []) {
    for (const { deviceClassName } of exactly ? [exactly] : firstAvailable) {
      if (view.deviceClass(deviceClassName) !== undefined) continue;
      return `request ${request}: device class ${deviceClassName} does not exist`;
    }
  }
  return undefined;
}

/** Whether what a claim has can be used on a node. */
export function isWithinReach({ status }: DeviceClaim, node: SelectableNode): boolean {
  const terms = status.allocation?.nodeSelector?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => matchesNodeTerm(node, term));
}

/** The claims as they are to be: each with its devices, and reserved for the pod. */
export function decidedFor(
  { pod, uid, name }: PodInfo,
  { allocated, pending }: PodDevices,
  { chosen, view }: { readonly chosen: readonly (readonly Chosen[])[]; readonly view: DeviceView },
): readonly DeviceClaim[] {
  const reserved = (claim: DeviceClaim): DeviceClaim => {
    const reservedFor = [...(claim.status?.reservedFor ?? []), consumerOf({ name, uid })];
    return isReservedFor(claim, pod.metadata.uid ?? "")
      ? claim
      : { ...claim, status: { ...claim.status, reservedFor } };
  };
  const given = pending.map((claim, index) => {
    const allocation = allocationOf(claim, chosen[index] ?? [], view);
    return { ...claim, status: { ...claim.status, allocation } } as DeviceClaim;
  });
  return [...allocated.filter((claim) => !isReservedFor(claim, uid)), ...given].map(reserved);
}

/** The writes that make claims so: first what keeps them, then what they have, and for whom. */
export function deviceWrites({ name, uid }: PodInfo, decided: readonly DeviceClaim[]): readonly PluginWrite[] {
  return decided.flatMap(({ metadata, status }) => {
    const { group, version, plural: resource } = resourceClaim;
    const patch = (body: object, more: object = {}): PluginWrite => ({
      ...{ group, version, resource, verb: "patch", namespace: metadata.namespace ?? "", name: metadata.name },
      contentType: "application/strategic-merge-patch+json",
      body: JSON.stringify(body),
      ...more,
    });
    const own = { uid: metadata.uid };
    const isKept = metadata.finalizers?.includes(deviceFinalizer) === true;
    const keep = isKept ? [] : [patch({ metadata: { ...own, finalizers: [deviceFinalizer] } })];
    // Those for whom it is reserved are told apart by their uids: another scheduler's stay.
    const said = { allocation: status.allocation, reservedFor: [consumerOf({ name, uid })] };
    return [...keep, patch({ metadata: own, status: said }, { subresource: "status" })];
  });
}
