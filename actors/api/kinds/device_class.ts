import { forgetClassFields } from "../defaults/device_fields.ts";
import type { DeviceConfig, DeviceSelector } from "../device_claims.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateConfigs, validateDeviceSelectors } from "../validation/device_claim.ts";

/** A sort of devices. */
export interface DeviceClass extends KubeObject {
  spec: { selectors?: readonly DeviceSelector[]; config?: readonly DeviceConfig[] };
}

/** DeviceClasses: sorts of devices, and how they are set up. */
export const deviceClass = nameKind<DeviceClass>({
  group: "resource.k8s.io",
  kind: "DeviceClass",
  plural: "deviceclasses",
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const deviceClassRules = /* @__PURE__ */ withRules(deviceClass, {
  schema: "io.k8s.api.resource.v1.DeviceClass",
  prepareForCreate: (draft) => forgetClassFields(draft),
  prepareForUpdate: (draft) => forgetClassFields(draft),
  validate: ({ spec }) => [
    ...validateDeviceSelectors(spec.selectors, "spec.selectors"),
    ...validateConfigs(spec.config, "spec.config"),
  ],
});
