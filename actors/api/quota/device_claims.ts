import type { DeviceRequest, DeviceWish } from "../device_claims.ts";
import type { ResourceClaim } from "../kinds/resource_claim.ts";
import type { Frozen } from "../types.ts";
import { countName, type Evaluator, one } from "./evaluator.ts";

const resource = "resourceclaims.resource.k8s.io";
/** Behind the name of a class: so many of its devices. */
const ofClass = ".deviceclass.resource.k8s.io/devices";
/** So many a claim that asks for all of them may get. */
const devicesMax = 32;

/** Counts ResourceClaims and, by their classes, the devices that they ask for at most. */
export const deviceClaims: Evaluator = {
  resource,
  tracks: (name) => name === countName(resource) || name.endsWith(ofClass),
  usage(object) {
    const { spec } = object as Frozen<ResourceClaim>;
    const devices = new Map<string, number>();
    for (const request of spec.devices?.requests ?? []) {
      for (const [name, count] of mostOf(request)) devices.set(name, (devices.get(name) ?? 0) + count);
    }
    const amounts = Array.from(devices, ([name, count]) => [`${name}${ofClass}`, times(count)] as const);
    return new Map([[countName(resource), one], ...amounts]);
  },
  isInScope: () => false,
  missing: () => undefined,
};

/** By class: of several wishes only one is met, and it is not known which. */
function mostOf({ exactly, firstAvailable = [] }: Frozen<DeviceRequest>): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const wish of exactly ? [exactly] : firstAvailable) {
    most.set(wish.deviceClassName, Math.max(most.get(wish.deviceClassName) ?? 0, countOf(wish)));
  }
  return most;
}

function countOf({ allocationMode, count = 1 }: Frozen<DeviceWish>): number {
  return allocationMode === "All" ? devicesMax : count;
}

const times = (number: number) => ({ ...one, nanos: one.nanos * BigInt(number) });
