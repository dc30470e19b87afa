import type { CSIStorageCapacity as StorageCapacity } from "kubernetes-types/storage/v1.js";
import { required } from "../field_error.ts";
import { defineKind } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateImmutable } from "../validation/metadata.ts";

/** What room there is for volumes of a class. */
export interface CSIStorageCapacity extends KubeObject, Omit<StorageCapacity, "apiVersion" | "kind" | "metadata"> {}

/** CSIStorageCapacities: how much room a driver has, and where. */
export const csiStorageCapacity = defineKind<CSIStorageCapacity>({
  group: "storage.k8s.io",
  kind: "CSIStorageCapacity",
  plural: "csistoragecapacities",
  schema: "io.k8s.api.storage.v1.CSIStorageCapacity",

  validate: ({ storageClassName }) => (storageClassName ? [] : [required("storageClassName")]),
  validateUpdate: (object, old) => [
    ...validateImmutable("nodeTopology", { value: object.nodeTopology, old: old.nodeTopology }),
    ...validateImmutable("storageClassName", { value: object.storageClassName, old: old.storageClassName }),
  ],
});
