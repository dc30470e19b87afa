import { forgetSliceFields } from "../defaults/device_fields.ts";
import type { ResourceSliceSpec } from "../device_offers.ts";
import { invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateSlice } from "../validation/resource_slice.ts";

/** Devices of a node or a pool. */
export interface ResourceSlice extends KubeObject {
  spec: ResourceSliceSpec;
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
  prepareForCreate: (draft) => forgetSliceFields(draft),
  prepareForUpdate: (draft) => forgetSliceFields(draft),
  validate: ({ spec }) => validateSlice(spec),
  validateUpdate: ({ spec }, { spec: old }) =>
    (["driver", "nodeName"] as const)
      .filter((field) => spec[field] !== old[field])
      .map((field) => invalid(`spec.${field}`, spec[field], "field is immutable"))
      .concat(
        spec.pool.name === old.pool.name ? [] : [invalid("spec.pool.name", spec.pool.name, "field is immutable")],
      ),
});
