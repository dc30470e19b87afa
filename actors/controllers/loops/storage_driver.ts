import { csiDriver } from "../../api/kinds/csi_driver.ts";
import { type PersistentVolume, persistentVolume } from "../../api/kinds/persistent_volume.ts";
import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { type StorageClass, storageClass } from "../../api/kinds/storage_class.ts";
import { type VolumeAttachment, volumeAttachment } from "../../api/kinds/volume_attachment.ts";
import type { Frozen } from "../../api/types.ts";
import { classNameOf } from "../../api/volume_binding.ts";
import { diskDriver, isServedByDisk } from "../../storage/messages.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";
import { claimWatches, keyOfAttachment, keysOfVolume, matterOf, type VolumeMatter } from "./storage_driver/about.ts";
import { expansionOf, growing } from "./storage_driver/expansion.ts";
import { installation } from "./storage_driver/installation.ts";
import { isAwaited, type Provisioning, provisioning, whyNot } from "./storage_driver/provisioning.ts";
import { isToGo, removal } from "./storage_driver/removal.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = Frozen<PersistentVolume>;

type Desired = { readonly about: "driver" } | VolumeMatter;

/** What there is of it. */
interface Observed {
  readonly desired: Desired;
  readonly isInstalled: boolean;
  readonly class: Frozen<StorageClass> | undefined;
  /** The volume that a claim has, or that was made for it. */
  readonly volume: Volume | undefined;
}

type Difference =
  | { readonly do: "nothing" | "install" }
  | { readonly do: "make"; readonly wanted: Provisioning }
  | { readonly do: "grow"; readonly claim: Claim; readonly volume: Volume }
  | { readonly do: "remove"; readonly volume: Volume }
  | { readonly do: "attach"; readonly attachment: Frozen<VolumeAttachment> };

const driverKey = "driver";
const nothing = { do: "nothing" } as const;

/**
 * The controller of the cluster's own driver of volumes, as a CSI driver brings one: it makes volumes for claims of its
 * classes, lets them grow, says that they are at a node once they are to be, and removes those that nobody wants any more. What is in them is on no computer, so that a
 * volume can be had by any node, or by all.
 *
 * It watches PersistentVolumeClaims, PersistentVolumes, StorageClasses, VolumeAttachments and its own CSIDriver; it
 * makes volumes and the class `standard`. It follows the CSI sidecars external-provisioner, -resizer and -attacher.
 *
 * @see https://kubernetes.io/docs/concepts/storage/dynamic-provisioning/
 */
export const storageDriver = defineLoop<Desired, Observed, Difference>({
  name: "storage-driver",
  component: diskDriver,
  account: "storage-provisioner",
  keys: [driverKey],
  watches: [
    ...claimWatches,
    watch<PersistentVolume>({
      kind: persistentVolume,
      keys: ({ object }) => (object.spec.csi?.driver === diskDriver ? keysOfVolume(object) : []),
    }),
    watch<VolumeAttachment>({
      kind: volumeAttachment,
      keys: ({ object }) => (object.spec.attacher === diskDriver ? [keyOfAttachment(object)] : []),
    }),
    watch({ kind: csiDriver, fieldSelector: `metadata.name=${diskDriver}` }),
  ],

  obtain: (key, listers) => (key === driverKey ? { about: "driver" } : matterOf(key, listers)),

  observe(desired, listers) {
    const claim = desired.about === "claim" ? desired.claim : undefined;
    const volumeName = claim?.spec.volumeName || `pvc-${claim?.metadata.uid}`;
    return {
      desired,
      isInstalled: listers.of(csiDriver).has(diskDriver),
      class: claim && listers.of<StorageClass>(storageClass).get(classNameOf(claim)),
      volume: claim && listers.of<PersistentVolume>(persistentVolume).get(volumeName),
    };
  },

  difference({ about }, observed) {
    const { desired, isInstalled, class: found, volume } = observed;
    if (about === "driver") return isInstalled ? nothing : { do: "install" };
    if (desired.about === "volume")
      return isToGo(desired.volume, diskDriver) ? { do: "remove", volume: desired.volume } : nothing;
    if (desired.about === "attachment") {
      const { attachment } = desired;
      const isNew = !attachment.status?.attached && attachment.metadata.deletionTimestamp === undefined;
      return isNew ? { do: "attach", attachment } : nothing;
    }
    if (desired.about !== "claim") return nothing;
    const { claim } = desired;
    if (volume) return growing(claim, volume, diskDriver) ? { do: "grow", claim, volume } : nothing;
    return found && isAwaited(claim, found, isServedByDisk) ? { do: "make", wanted: { claim, class: found } } : nothing;
  },

  reconcile(difference): Plan {
    switch (difference.do) {
      case "nothing":
        return nothingToDo;
      case "install":
        return { actions: installation };
      case "make":
        return { actions: provisioning(difference.wanted, whyNot(difference.wanted.claim, diskDriver)) };
      case "grow":
        return { actions: expansionOf(difference.claim, difference.volume) };
      case "attach":
        return { actions: [attaching(difference.attachment)] };
      case "remove":
        return { actions: removal(difference.volume) };
    }
  },
});

/** What is in a volume can be had from everywhere: to attach it is to say so. */
function attaching({ metadata: { name, uid } }: Frozen<VolumeAttachment>): Action {
  const patch = { metadata: { uid }, status: { attached: true } };
  const contentType = "application/merge-patch+json";
  return { op: "patch", kind: volumeAttachment, name, patch, contentType, subresource: "status", accept: ["NotFound"] };
}
