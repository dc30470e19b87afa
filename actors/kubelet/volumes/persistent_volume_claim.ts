import { claimNeeds, claimOrder, isClaimAwaited } from "./_claim_volume.ts";
import type { VolumeType } from "./_volume_type.ts";

/** What a bound claim has. */
export const persistentVolumeClaim: VolumeType = {
  field: "persistentVolumeClaim",
  plugin: "kubernetes.io~csi",
  isReadOnly: false,
  needs: claimNeeds,
  isAwaited: isClaimAwaited,
  order: claimOrder,
};
