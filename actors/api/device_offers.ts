/**
 * What drivers say of their devices: the parts of ResourceSlices.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/resource-slice-v1/
 */
import type { NodeSelector } from "kubernetes-types/core/v1.js";

/** What is known of a device under one name: one of these. */
export interface DeviceAttribute {
  readonly int?: number;
  readonly bool?: boolean;
  readonly string?: string;
  readonly version?: string;
}

/** One device that a driver offers. */
export interface Device {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, DeviceAttribute>>;
  readonly capacity?: Readonly<Record<string, { readonly value: string }>>;
}

/** What a ResourceSlice says. */
export interface ResourceSliceSpec {
  driver: string;
  pool: { readonly name: string; readonly generation: number; readonly resourceSliceCount: number };
  nodeName?: string;
  nodeSelector?: NodeSelector;
  allNodes?: boolean;
  devices?: readonly Device[];
}
