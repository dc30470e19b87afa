/**
 * What claims for devices say, and what they are given: the parts of ResourceClaims, their templates and classes.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/resource-claim-v1/
 */
import type { NodeSelector } from "kubernetes-types/core/v1.js";
import type { Condition } from "kubernetes-types/meta/v1.js";
import type { Frozen } from "./types.ts";

/** Which devices will do. */
export interface DeviceSelector {
  readonly cel?: { readonly expression: string };
}

/** So many devices of a class. */
export interface DeviceWish {
  deviceClassName: string;
  selectors?: DeviceSelector[];
  /** `ExactCount` or `All`. */
  allocationMode?: string;
  count?: number;
  adminAccess?: boolean;
}

/** One part of a claim: a wish, or several of which the first that can be met counts. */
export interface DeviceRequest {
  readonly name: string;
  readonly exactly?: DeviceWish;
  readonly firstAvailable?: (DeviceWish & { readonly name: string })[];
}

/** What a driver is told about devices; only it knows what that means. */
export interface DeviceConfig {
  readonly requests?: readonly string[];
  readonly opaque?: { readonly driver: string; readonly parameters: unknown };
}

/** What the devices of several requests must have in common. */
export interface DeviceConstraint {
  readonly requests?: readonly string[];
  readonly matchAttribute?: string;
}

/** What a claim asks for. */
export interface ResourceClaimSpec {
  devices?: {
    requests?: DeviceRequest[];
    constraints?: readonly DeviceConstraint[];
    config?: readonly DeviceConfig[];
  };
}

/** A device that a claim has. */
export interface AllocatedDevice {
  readonly request: string;
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly adminAccess?: boolean;
}

/** The devices that a claim has, and where they can be used. */
export interface Allocation {
  readonly devices?: {
    readonly results?: readonly AllocatedDevice[];
    readonly config?: readonly (DeviceConfig & { readonly source: string })[];
  };
  readonly nodeSelector?: NodeSelector;
}

/** Who may use a claim now. */
export interface ClaimConsumer {
  readonly apiGroup?: string;
  readonly resource: string;
  readonly name: string;
  readonly uid: string;
}

/** How a device of a claim is, as its driver says. */
export interface DeviceStatus {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly conditions?: readonly Condition[];
  /** Whatever the driver likes, 10 KiB of it. */
  readonly data?: unknown;
  readonly networkData?: {
    readonly interfaceName?: string;
    readonly ips?: readonly string[];
    readonly hardwareAddress?: string;
  };
}

/** What a claim has, and who may use it. */
export interface ResourceClaimStatus {
  allocation?: Allocation;
  reservedFor?: readonly ClaimConsumer[];
  devices?: readonly DeviceStatus[];
}

/** Names a device among all. */
export function deviceId({
  driver,
  pool,
  device,
}: Frozen<Pick<AllocatedDevice, "driver" | "pool" | "device">>): string {
  return `${driver}/${pool}/${device}`;
}

/** The devices that a claim has. */
export function allocatedIds({ allocation }: Frozen<ResourceClaimStatus>): ReadonlySet<string> {
  return new Set((allocation?.devices?.results ?? []).map(deviceId));
}
