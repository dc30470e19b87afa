import type { CSIDriverSpec as StorageCSIDriverSpec } from "kubernetes-types/storage/v1.js";
import { defineKind } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { dnsSubdomainErrors } from "../validation/names.ts";

/** What is known of a driver of volumes. */
export interface CSIDriver extends KubeObject {
  spec: StorageCSIDriverSpec;
}

/** CSIDrivers: the drivers of volumes, and what they want. */
export const csiDriver = defineKind<CSIDriver>({
  group: "storage.k8s.io",
  kind: "CSIDriver",
  plural: "csidrivers",
  namespaced: false,
  schema: "io.k8s.api.storage.v1.CSIDriver",
  nameErrors: (name) => dnsSubdomainErrors(name.toLowerCase()),

  applyDefaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ||= "ReadWriteOnceWithFSType";
    spec.volumeLifecycleModes ??= ["Persistent"];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },

  validateUpdate: ({ spec }, { spec: old }) => [
    ...validateImmutable("spec.attachRequired", { value: spec.attachRequired, old: old.attachRequired }),
    ...validateImmutable("spec.volumeLifecycleModes", {
      value: spec.volumeLifecycleModes,
      old: old.volumeLifecycleModes,
    }),
  ],
});
