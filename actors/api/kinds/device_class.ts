import { defineKind } from "../kind.ts";
import type { Fields, KubeObject } from "../types.ts";

/** A sort of devices. */
export interface DeviceClass extends KubeObject {
  spec: Fields;
}

/** DeviceClasses: sorts of devices, and how they are set up. */
export const deviceClass = defineKind<DeviceClass>({
  group: "resource.k8s.io",
  kind: "DeviceClass",
  plural: "deviceclasses",
  namespaced: false,
  schema: "io.k8s.api.resource.v1.DeviceClass",
});
