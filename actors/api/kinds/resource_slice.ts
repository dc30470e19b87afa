import { defineKind } from "../kind.ts";
import type { Fields, KubeObject } from "../types.ts";

/** Devices of a node or a pool. */
export interface ResourceSlice extends KubeObject {
  spec: Fields;
}

/** ResourceSlices: the devices that drivers offer. */
export const resourceSlice = defineKind<ResourceSlice>({
  group: "resource.k8s.io",
  kind: "ResourceSlice",
  plural: "resourceslices",
  namespaced: false,
  schema: "io.k8s.api.resource.v1.ResourceSlice",
});
