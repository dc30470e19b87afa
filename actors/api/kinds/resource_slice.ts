import type { NodeSelector } from "kubernetes-types/core/v1.js";
import { forgetSliceFields } from "../defaults/device_fields.ts";
import { invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateSlice } from "../validation/resource_slice.ts";

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

/** Devices of a node or a pool. */
export interface ResourceSlice extends KubeObject {
  spec: {
    driver: string;
    pool: { readonly name: string; readonly generation: number; readonly resourceSliceCount: number };
    nodeName?: string;
    nodeSelector?: NodeSelector;
    allNodes?: boolean;
    devices?: readonly Device[];
  };
}

/** ResourceSlices: the devices that drivers offer. */
export const resourceSlice = nameKind<ResourceSlice>({
  group: "resource.k8s.io",
  kind: "ResourceSlice",
  plural: "resourceslices",
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const resourceSliceRules = /* @__PURE__ */ withRules(resourceSlice, {
  schema: "io.k8s.api.resource.v1.ResourceSlice",
  fieldSelectors: {
    "spec.driver": ({ spec }) => spec.driver,
    "spec.nodeName": ({ spec }) => spec.nodeName ?? "",
  },
  prepareForCreate: forgetSliceFields,
  prepareForUpdate: forgetSliceFields,
  validate: ({ spec }) => validateSlice(spec),
  validateUpdate: ({ spec }, { spec: old }) =>
    (["driver", "nodeName"] as const)
      .filter((field) => spec[field] !== old[field])
      .map((field) => invalid(`spec.${field}`, spec[field], "field is immutable"))
      .concat(
        spec.pool.name === old.pool.name ? [] : [invalid("spec.pool.name", spec.pool.name, "field is immutable")],
      ),
});
