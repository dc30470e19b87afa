import type { CSIStorageCapacity as StorageCapacity } from "kubernetes-types/storage/v1.js";
import { invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { parseQuantity, zero } from "../quantity.ts";
import type { KubeObject } from "../types.ts";
import { validateLabelSelector } from "../validation/label_selector.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { dnsSubdomainErrors } from "../validation/names.ts";

/** What room there is for volumes of a class. */
export interface CSIStorageCapacity extends KubeObject, Omit<StorageCapacity, "apiVersion" | "kind" | "metadata"> {}

/** CSIStorageCapacities: how much room a driver has, and where. */
export const csiStorageCapacity = nameKind<CSIStorageCapacity>({
  group: "storage.k8s.io",
  kind: "CSIStorageCapacity",
  plural: "csistoragecapacities",
});

/** Its rules, which API servers keep. */
export const csiStorageCapacityRules = /* @__PURE__ */ withRules(csiStorageCapacity, {
  schema: "io.k8s.api.storage.v1.CSIStorageCapacity",

  validate({ storageClassName, capacity, maximumVolumeSize, nodeTopology }) {
    const errors = dnsSubdomainErrors(storageClassName ?? "").map((text) =>
      invalid("storageClassName", storageClassName ?? "", text),
    );
    if (nodeTopology !== undefined) errors.unshift(...validateLabelSelector(nodeTopology, "nodeTopology"));
    for (const [field, value] of Object.entries({ capacity, maximumVolumeSize })) {
      if (value === undefined || (parseQuantity(value) ?? zero).nanos >= 0n) continue;
      errors.push(invalid(field, value, "must be greater than or equal to 0"));
    }
    return errors;
  },
  validateUpdate: (object, old) => [
    ...validateImmutable("nodeTopology", { value: object.nodeTopology, old: old.nodeTopology }),
    ...validateImmutable("storageClassName", { value: object.storageClassName, old: old.storageClassName }),
  ],
});
