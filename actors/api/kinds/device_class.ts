import type { DeviceConfig, DeviceSelector } from "../device_claims.ts";
import { defineKind } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateDeviceSelectors } from "../validation/device_claim.ts";

/** A sort of devices. */
export interface DeviceClass extends KubeObject {
  spec: { selectors?: readonly DeviceSelector[]; config?: readonly DeviceConfig[] };
}

/** DeviceClasses: sorts of devices, and how they are set up. */
export const deviceClass = defineKind<DeviceClass>({
  group: "resource.k8s.io",
  kind: "DeviceClass",
  plural: "deviceclasses",
  namespaced: false,
  schema: "io.k8s.api.resource.v1.DeviceClass",
  validate: ({ spec }) => validateDeviceSelectors(spec.selectors, "spec.selectors"),
});
