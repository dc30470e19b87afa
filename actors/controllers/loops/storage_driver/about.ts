import { type PersistentVolume, persistentVolume } from "../../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import { type StorageClass, storageClass } from "../../../api/kinds/storage_class.ts";
import { type VolumeAttachment, volumeAttachment } from "../../../api/kinds/volume_attachment.ts";
import { type Frozen, keyOf } from "../../../api/types.ts";
import { classNameOf, isFullyBound } from "../../../api/volume_binding.ts";
import { type Listers, watch } from "../../loop.ts";

/** What a driver of volumes has to do with. */
export type VolumeMatter =
  | { readonly about: "claim"; readonly claim: Frozen<PersistentVolumeClaim> }
  | { readonly about: "volume"; readonly volume: Frozen<PersistentVolume> }
  | { readonly about: "attachment"; readonly attachment: Frozen<VolumeAttachment> };

/** The keys of a volume: its own, and that of the claim that it is for. */
export function keysOfVolume({ metadata, spec: { claimRef } }: Frozen<PersistentVolume>): string[] {
  const { namespace, name } = claimRef ?? {};
  return [`volume/${metadata.name}`, ...(name ? [`claim/${namespace}/${name}`] : [])];
}

/** The key of an attachment. */
export const keyOfAttachment = ({ metadata }: Frozen<VolumeAttachment>): string => `attachment/${metadata.name}`;

/** Claims, and classes that claims may have waited for. */
export const claimWatches = [
  watch<PersistentVolumeClaim>({
    kind: persistentVolumeClaim,
    indexes: { open: (claim) => (isFullyBound(claim) ? [] : [classNameOf(claim)]) },
    keys: ({ object }) => [`claim/${keyOf(object)}`],
  }),
  watch<StorageClass>({
    kind: storageClass,
    keys: ({ object }, { listers }) =>
      listers
        .of<PersistentVolumeClaim>(persistentVolumeClaim)
        .by("open", object.metadata.name)
        .map((claim) => `claim/${keyOf(claim)}`),
  }),
] as const;

/** What a key is about; nothing where it is gone. */
export function matterOf(key: string, listers: Listers): VolumeMatter | undefined {
  const name = key.slice(key.indexOf("/") + 1);
  if (key.startsWith("claim/")) {
    const claim = listers.of<PersistentVolumeClaim>(persistentVolumeClaim).get(name);
    return claim && { about: "claim", claim };
  }
  if (key.startsWith("attachment/")) {
    const attachment = listers.of<VolumeAttachment>(volumeAttachment).get(name);
    return attachment && { about: "attachment", attachment };
  }
  const volume = listers.of<PersistentVolume>(persistentVolume).get(name);
  return volume && { about: "volume", volume };
}
