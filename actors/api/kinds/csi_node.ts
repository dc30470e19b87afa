import type { CSINodeSpec as StorageCSINodeSpec } from "kubernetes-types/storage/v1.js";
import { duplicate, type FieldError, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";

/** The drivers of volumes on a node. */
export interface CSINode extends KubeObject {
  spec: StorageCSINodeSpec;
}

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
    for (const [index, { name, nodeID }] of (spec.drivers ?? []).entries()) {
      const at = `spec.drivers[${index}]`;
      if (!name) errors.push(required(`${at}.name`));
      if (!nodeID) errors.push(required(`${at}.nodeID`));
      if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
      seen.add(name);
    }
    return errors;
  },
});
