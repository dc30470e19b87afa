import type { DeviceWish, ResourceClaimSpec } from "../device_claims.ts";

/** Fills in how many devices a claim's wishes are for: one, where they say nothing. */
export function defaultDeviceRequests({ devices }: ResourceClaimSpec): void {
  for (const { exactly, firstAvailable = [] } of devices?.requests ?? []) {
    for (const wish of exactly ? [exactly] : firstAvailable) defaultWish(wish);
  }
}

function defaultWish(wish: DeviceWish): void {
  wish.allocationMode ||= "ExactCount";
  if (wish.allocationMode === "ExactCount") wish.count ||= 1;
}
