import { ipNumber } from "../kit/ip_number.ts";
import { type Cidr, cidrOf, contains } from "./cidr.ts";
import { getCondition } from "./conditions.ts";
import type { IPAddress } from "./kinds/ip_address.ts";
import type { ServiceCIDR } from "./kinds/service_cidr.ts";
import type { Frozen } from "./types.ts";

/** The range that a cluster begins with is the object of this name. */
export const defaultRangeName = "kubernetes";
/** Keeps a range for as long as Services have addresses of it. */
export const serviceCidrFinalizer = "networking.k8s.io/service-cidr-finalizer";
/** What Services are given, and who gave it. */
export const addressLabels = {
  family: "ipaddress.kubernetes.io/ip-family",
  managedBy: "ipaddress.kubernetes.io/managed-by",
} as const;
/** Who gives Services their addresses. */
export const addressManager = "ipallocator.k8s.io";

/** The ranges that an object has. */
export function rangesOf({ spec }: Frozen<ServiceCIDR>): readonly Cidr[] {
  return (spec.cidrs ?? []).flatMap((text) => cidrOf(text) ?? []);
}

/** Whether addresses are given from a range: it is ready, and not about to go. */
export function givesAddresses({ metadata, status }: Frozen<ServiceCIDR>): boolean {
  return metadata.deletionTimestamp === undefined && getCondition(status?.conditions, "Ready")?.status === "True";
}

/** Whether an address, as text, is in one of an object's ranges. */
export function hasAddress(range: Frozen<ServiceCIDR>, text: string): boolean {
  const address = ipNumber(text);
  return address !== undefined && rangesOf(range).some((each) => contains(each, address));
}

/** Whether a Service was given the address by the API server, as its labels say. */
export function isGiven({ metadata }: Frozen<IPAddress>): boolean {
  return metadata.labels?.[addressLabels.managedBy] === addressManager;
}
