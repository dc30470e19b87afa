import { type CSIDriver, csiDriver } from "../../api/kinds/csi_driver.ts";
import { type StorageClass, storageClass } from "../../api/kinds/storage_class.ts";
import type { Action } from "../plan.ts";
import type { CloudDisks } from "./cloud_disks.ts";

/** Where a volume of a provider can be had. */
export const zoneLabel = "topology.kubernetes.io/zone";

/** Installs the driver of a provider's volumes, once: the class is a user's to change and to delete. */
export function diskInstallation({ cloud: { volumeClass = "", zones = [] }, driver }: CloudDisks): readonly Action[] {
  const made: StorageClass = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: volumeClass },
    provisioner: driver,
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
    allowedTopologies: [{ matchLabelExpressions: [{ key: zoneLabel, values: [...zones] }] }],
  };
  const object: CSIDriver = {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIDriver",
    metadata: { name: driver },
    spec: { attachRequired: true, fsGroupPolicy: "File", volumeLifecycleModes: ["Persistent"] },
  };
  return [
    { op: "create", kind: storageClass, object: made, accept: ["AlreadyExists"] },
    { op: "create", kind: csiDriver, object, accept: ["AlreadyExists"] },
  ];
}
