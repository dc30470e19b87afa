import { type PersistentVolume, persistentVolume } from "../../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import { compareQuantities, formatQuantity, parseQuantity, zero } from "../../../api/quantity.ts";
import type { Frozen } from "../../../api/types.ts";
import { sizeAsked, sizeOfVolume } from "../../../api/volume_binding.ts";
import type { Action } from "../../plan.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = Frozen<PersistentVolume>;

/** Whether a bound claim asks for more than its volume, which is of this driver, has. */
export function growing(claim: Claim, volume: Volume, driver: string): boolean {
  if (volume.spec.csi?.driver !== driver || claim.status.phase !== "Bound") return false;
  if (volume.spec.claimRef?.uid !== claim.metadata.uid) return false;
  const has = parseQuantity(claim.status.capacity?.storage ?? "") ?? zero;
  return compareQuantities(sizeAsked(claim), has) > 0;
}

/** Makes a volume as large as its claim asks: at once and while it is used, as no file system has to grow in it. */
export function expansionOf(claim: Claim, volume: Volume): Action[] {
  const storage = formatQuantity(sizeAsked(claim));
  const { namespace, name, uid } = claim.metadata;
  const contentType = "application/merge-patch+json";
  const told = (reason: string, message: string): Action => {
    const report = { about: claim, type: "Normal", reason, message } as const;
    return { op: "tell", kind: persistentVolumeClaim, object: claim, report };
  };
  const patch = { metadata: { uid: volume.metadata.uid }, spec: { capacity: { storage } } };
  const isLarger = compareQuantities(sizeOfVolume(volume), sizeAsked(claim)) >= 0;
  const status = { capacity: { storage } };
  return [
    told("Resizing", `External resizer is resizing volume ${volume.metadata.name}`),
    ...(isLarger
      ? []
      : [{ op: "patch", kind: persistentVolume, name: volume.metadata.name, patch, contentType } satisfies Action]),
    {
      op: "patch",
      kind: persistentVolumeClaim,
      namespace,
      name,
      patch: { metadata: { uid }, status },
      contentType,
      subresource: "status",
      accept: ["NotFound"],
    },
    told("VolumeResizeSuccessful", "Resize volume succeeded"),
  ];
}
