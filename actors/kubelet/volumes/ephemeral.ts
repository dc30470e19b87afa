import { claimNeeds, claimOrder, isClaimAwaited } from "./_claim_volume.ts";
import type { VolumeType } from "./_volume_type.ts";

/** A claim that is made for the pod, and goes with it. */
export const ephemeral: VolumeType = {
  field: "ephemeral",
  plugin: "kubernetes.io~csi",
  isReadOnly: false,
  needs: claimNeeds,
  isAwaited: isClaimAwaited,
  order: claimOrder,
};
