/**
 * What Kubernetes 1.34 knows of devices and has switched off: taints, counters that devices share, capacity that is
 * consumed, conditions of binding, extended resources. As a server forgets them, so are they forgotten here.
 *
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
 */
import { allocatedIds, deviceId, type ResourceClaimSpec, type ResourceClaimStatus } from "../device_claims.ts";
import type { ResourceSliceSpec } from "../device_offers.ts";
import type { Frozen } from "../types.ts";

const ofSlices = ["sharedCounters", "perDeviceNodeSelection"];
const ofDevices = [
  ...["taints", "consumesCounters", "nodeName", "nodeSelector", "allNodes", "allowMultipleAllocations"],
  ...["bindsToNode", "bindingConditions", "bindingFailureConditions"],
];
const ofWishes = ["tolerations", "capacity"];
const ofResults = ["tolerations", "bindingConditions", "bindingFailureConditions", "shareID", "consumedCapacity"];

function forget(from: object | undefined, fields: readonly string[]): void {
  if (from === undefined) return;
  for (const field of fields) delete (from as Record<string, unknown>)[field];
}

/** Of a slice. */
export function forgetSliceFields({ spec }: { readonly spec: ResourceSliceSpec }): void {
  forget(spec, ofSlices);
  for (const device of spec.devices ?? []) {
    forget(device, ofDevices);
    for (const capacity of Object.values(device.capacity ?? {})) forget(capacity, ["requestPolicy"]);
  }
}

/** Of what a claim asks for. */
export function forgetClaimFields({ devices }: ResourceClaimSpec): void {
  for (const { exactly, firstAvailable = [] } of devices?.requests ?? []) {
    for (const wish of exactly ? [exactly, ...firstAvailable] : firstAvailable) forget(wish, ofWishes);
  }
  for (const constraint of devices?.constraints ?? []) forget(constraint, ["distinctAttribute"]);
}

/** Of what a claim has. */
export function forgetStatusFields({ allocation, devices = [] }: ResourceClaimStatus): void {
  forget(allocation, ["allocationTimestamp"]);
  for (const result of allocation?.devices?.results ?? []) forget(result, ofResults);
  for (const device of devices) forget(device, ["shareID"]);
}

/** Of a class. */
export function forgetClassFields({ spec }: { readonly spec: object }): void {
  forget(spec, ["extendedResourceName"]);
}

/** How a device is that a claim has no more is forgotten with it. */
export function forgetDeallocated(status: ResourceClaimStatus, old: Frozen<ResourceClaimStatus>): void {
  const kept = allocatedIds(status);
  const gone = new Set([...allocatedIds(old)].filter((id) => !kept.has(id)));
  const devices = (status.devices ?? []).filter((each) => !gone.has(deviceId(each)));
  if (devices.length > 0) status.devices = devices;
  else delete status.devices;
}
