import { persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { protectionFinalizers } from "../../api/volume_binding.ts";
import type { AdmissionPlugin } from "./_plugin.ts";

/** Claims and volumes begin with a finalizer, so that none goes while it is used. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: "StorageObjectInUseProtection",
  place: 20,
  handles: [{ operations: ["CREATE"], resources: ["persistentvolumes", "persistentvolumeclaims"] }],
  admit({ draft, call }, verdict, step) {
    if (draft) {
      const { volume, claim } = protectionFinalizers;
      const finalizer = call.kind.plural === persistentVolume.plural ? volume : claim;
      const { finalizers = [] } = draft.metadata;
      if (!finalizers.includes(finalizer)) draft.metadata.finalizers = [...finalizers, finalizer];
    }
    verdict(undefined, step);
  },
};
