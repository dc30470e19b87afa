import { type CSIDriver, csiDriver } from "../../../api/kinds/csi_driver.ts";
import { type StorageClass, storageClass } from "../../../api/kinds/storage_class.ts";
import { volumeAnnotations } from "../../../api/volume_binding.ts";
import { diskDriver, standardClass } from "../../../storage/messages.ts";
import type { Action } from "../../plan.ts";

/**
 * The class of claims that name none. Volumes wait for their first pod, though any node could have them: a pod that
 * comes together with its claim is then placed at the first attempt, and not once more after it was put off.
 */
const standard: StorageClass = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: standardClass, annotations: { [volumeAnnotations.isDefaultClass]: "true" } },
  provisioner: diskDriver,
  reclaimPolicy: "Delete",
  volumeBindingMode: "WaitForFirstConsumer",
  allowVolumeExpansion: true,
};

const driver: CSIDriver = {
  apiVersion: "storage.k8s.io/v1",
  kind: "CSIDriver",
  metadata: { name: diskDriver },
  spec: { attachRequired: true, fsGroupPolicy: "File", volumeLifecycleModes: ["Persistent"] },
};

/** Installs the driver, once: the class is a user's to change and to delete, and the driver's object says that it was made. */
export const installation: readonly Action[] = [
  { op: "create", kind: storageClass, object: standard, accept: ["AlreadyExists"] },
  { op: "create", kind: csiDriver, object: driver, accept: ["AlreadyExists"] },
];
