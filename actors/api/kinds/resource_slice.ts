import type { NodeSelector } from "kubernetes-types/core/v1.js";
import { type FieldError, invalid, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";

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

const devicesMax = 128;

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
  validate: ({ spec }) => validateSlice(spec),
  validateUpdate: ({ spec }, { spec: old }) =>
    (["driver", "nodeName"] as const)
      .filter((field) => spec[field] !== old[field])
      .map((field) => invalid(`spec.${field}`, spec[field], "field is immutable"))
      .concat(
        spec.pool.name === old.pool.name ? [] : [invalid("spec.pool.name", spec.pool.name, "field is immutable")],
      ),
});

function validateSlice({
  driver,
  pool,
  nodeName,
  nodeSelector,
  allNodes,
  devices = [],
}: Frozen<ResourceSlice>["spec"]) {
  const errors: FieldError[] = [];
  if (!driver) errors.push(required("spec.driver"));
  if (!pool?.name) errors.push(required("spec.pool.name"));
  if ((pool?.resourceSliceCount ?? 0) <= 0) {
    errors.push(invalid("spec.pool.resourceSliceCount", pool?.resourceSliceCount ?? 0, "must be greater than zero"));
  }
  const places = [nodeName, nodeSelector, allNodes].filter(
    (each) => each !== undefined && each !== false && each !== "",
  );
  const text = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
  if (places.length === 0) errors.push(required("spec", text));
  else if (places.length > 1) errors.push(invalid("spec", "{}", text));
  if (devices.length > devicesMax)
    errors.push(invalid("spec.devices", devices.length, `must have at most ${devicesMax} items`));
  devices.forEach(({ name, attributes = {} }, index) => {
    const at = `spec.devices[${index}]`;
    if (!name) errors.push(required(`${at}.name`));
    for (const [key, attribute] of Object.entries(attributes)) {
      if (Object.keys(attribute).length === 1) continue;
      errors.push(required(`${at}.attributes[${key}]`, "exactly one value must be specified"));
    }
  });
  return errors;
}
