import type { CSINodeSpec as StorageCSINodeSpec } from "kubernetes-types/storage/v1.js";
import { addErrors, duplicate, type FieldError, invalid, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { validateImmutable, validateNonNegative } from "../validation/metadata.ts";
import { labelKeyErrors } from "../validation/names.ts";
import { driverErrors } from "../validation/volume_source.ts";

/** The drivers of volumes on a node. */
export interface CSINode extends KubeObject {
  spec: StorageCSINodeSpec;
}

type Driver = Frozen<CSINode>["spec"]["drivers"][number];

const nodeIdMax = 256;

/** CSINodes: which drivers of volumes a node has. */
export const csiNode = nameKind<CSINode>({
  group: "storage.k8s.io",
  kind: "CSINode",
  plural: "csinodes",
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const csiNodeRules = /* @__PURE__ */ withRules(csiNode, {
  schema: "io.k8s.api.storage.v1.CSINode",

  validate({ spec }) {
    const errors: FieldError[] = [];
    const seen = new Set<string>();
    for (const [index, driver] of (spec.drivers ?? []).entries()) {
      const at = `spec.drivers[${index}]`;
      const { name, nodeID, allocatable, topologyKeys } = driver;
      addErrors(errors, driverErrors(name, `${at}.name`));
      if (!nodeID) errors.push(required(`${at}.nodeID`));
      else if (nodeID.length > nodeIdMax)
        errors.push(invalid(`${at}.nodeID`, nodeID, `must be ${nodeIdMax} characters or less`));
      addErrors(errors, validateNonNegative(allocatable?.count, `${at}.allocatable.count`));
      if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
      seen.add(name);
      addErrors(errors, keyErrors(topologyKeys ?? [], at));
    }
    return errors;
  },

  // Drivers come and go; what one has said once stays.
  validateUpdate({ spec }, { spec: old }) {
    const now = new Map((spec.drivers ?? []).map((driver) => [driver.name, driver]));
    return (old.drivers ?? []).flatMap((before) => {
      const driver = now.get(before.name);
      return driver ? validateImmutable("spec.drivers", { value: plain(driver), old: plain(before) }) : [];
    });
  },
});

/** No keys are as many as none. */
function plain({ topologyKeys, ...rest }: Driver): Driver {
  return topologyKeys?.length ? { ...rest, topologyKeys } : rest;
}

/** What is wrong with keys is said of the driver that has them. */
function keyErrors(keys: readonly string[], at: string): FieldError[] {
  const seen = new Set<string>();
  return keys.flatMap((key) => {
    const isTwice = seen.has(key);
    seen.add(key);
    return [
      ...(key === "" ? [required(at)] : []),
      ...(isTwice ? [duplicate(at, key)] : []),
      ...labelKeyErrors(key).map((text) => invalid(at, key, text)),
    ];
  });
}
