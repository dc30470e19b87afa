import { csiDriver } from "../../api/kinds/csi_driver.ts";
import { type PersistentVolume, persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { type StorageClass, storageClass } from "../../api/kinds/storage_class.ts";
import { type VolumeAttachment, volumeAttachment } from "../../api/kinds/volume_attachment.ts";
import type { Frozen } from "../../api/types.ts";
import { classNameOf } from "../../api/volume_binding.ts";
import { type CloudDisks, disksOf } from "../clouds/cloud_disks.ts";
import { attachingOf } from "../clouds/disk_attaching.ts";
import { diskInstallation } from "../clouds/disk_installation.ts";
import { diskGrowing, diskMaking, diskRemoval } from "../clouds/disk_making.ts";
import { diskSweep, type KnownVolumes } from "../clouds/disk_sweep.ts";
import { defineLoop, type Listers, watch } from "../loop.ts";
import {
  claimWatches,
  keyOfAttachment,
  keysOfVolume,
  matterOf,
  type VolumeMatter,
} from "../loops/storage_driver/about.ts";
import { growing } from "../loops/storage_driver/expansion.ts";
import { isAwaited, type Provisioning, volumeNameOf } from "../loops/storage_driver/provisioning.ts";
import { isToGo } from "../loops/storage_driver/removal.ts";
import { nothingToDo, type Plan } from "../plan.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = Frozen<PersistentVolume>;
type Attachment = Frozen<VolumeAttachment>;

interface Memory {
  readonly disks: readonly CloudDisks[];
}

type Desired = { readonly about: "clouds" } | VolumeMatter;

/** What there is of it. */
interface Observed {
  /** Whose it is. */
  readonly disks: CloudDisks | undefined;
  readonly class: Frozen<StorageClass> | undefined;
  /** The volume that a claim has, or that was made for it. */
  readonly volume: Volume | undefined;
  /** Of providers: those whose driver is not installed. */
  readonly missing: readonly CloudDisks[];
  readonly known: KnownVolumes | undefined;
}

type Difference =
  | { readonly do: "nothing" }
  | { readonly do: "look"; readonly missing: readonly CloudDisks[]; readonly known: KnownVolumes }
  | { readonly do: "make"; readonly wanted: Provisioning; readonly disks: CloudDisks }
  | { readonly do: "grow"; readonly claim: Claim; readonly volume: Volume; readonly disks: CloudDisks }
  | { readonly do: "remove"; readonly volume: Volume; readonly disks: CloudDisks }
  | { readonly do: "attach"; readonly attachment: Attachment; readonly disks: CloudDisks };

const cloudsKey = "clouds";
const nothing = { do: "nothing" } as const;
/** So often it is looked at all that is rented. */
const sweepMs = 30_000;

/**
 * The drivers of the volumes that providers rent out: each is in a zone, and at one computer of it at a time, of which one
 * has only so many. Volumes are rented for claims of the provider's class, brought to nodes and taken away again, and
 * given back.
 *
 * It watches PersistentVolumeClaims, PersistentVolumes, StorageClasses, VolumeAttachments and CSIDrivers; it makes volumes,
 * and a class for each provider. It follows the CSI sidecars external-provisioner, -resizer and -attacher.
 *
 * @see https://kubernetes.io/docs/concepts/storage/dynamic-provisioning/
 */
export const cloudVolumes = defineLoop<Desired, Observed, Difference, Memory>({
  name: "cloud-volumes",
  component: "cloud-volumes",
  keys: [cloudsKey],
  watches: [
    ...claimWatches,
    watch<PersistentVolume, Memory>({
      kind: persistentVolume,
      keys: ({ object }, { memory }) => (diskOf(object.spec.csi?.driver, memory) ? keysOfVolume(object) : []),
    }),
    watch<VolumeAttachment, Memory>({
      kind: volumeAttachment,
      keys: ({ object }, { memory }) => (diskOf(object.spec.attacher, memory) ? [keyOfAttachment(object)] : []),
    }),
    watch({ kind: csiDriver }),
  ],
  begin: ({ clouds = [] }) => ({ disks: disksOf(clouds) }),

  obtain: (key, listers) => (key === cloudsKey ? { about: "clouds" } : matterOf(key, listers)),

  observe(desired, listers, { memory }): Observed {
    const none = { disks: undefined, class: undefined, volume: undefined, missing: [], known: undefined };
    switch (desired.about) {
      case "clouds": {
        const missing = memory.disks.filter(({ driver }) => !listers.of(csiDriver).has(driver));
        return { ...none, missing, known: knownBy(listers) };
      }
      case "attachment":
        return { ...none, disks: diskOf(desired.attachment.spec.attacher, memory) };
      case "volume":
        return { ...none, disks: diskOf(desired.volume.spec.csi?.driver, memory) };
      case "claim": {
        const { claim } = desired;
        const found = listers.of<StorageClass>(storageClass).get(classNameOf(claim));
        const name = claim.spec.volumeName || volumeNameOf(claim);
        const volume = listers.of<PersistentVolume>(persistentVolume).get(name);
        const disks = diskOf(volume ? volume.spec.csi?.driver : found?.provisioner, memory);
        return { ...none, disks, class: found, volume };
      }
    }
  },

  difference(desired, { disks, class: found, volume, missing, known }): Difference {
    if (desired.about === "clouds") return known ? { do: "look", missing, known } : nothing;
    if (!disks) return nothing;
    if (desired.about === "volume")
      return isToGo(desired.volume, disks.driver) ? { do: "remove", volume: desired.volume, disks } : nothing;
    if (desired.about === "attachment") return { do: "attach", attachment: desired.attachment, disks };
    const { claim } = desired;
    if (volume) return growing(claim, volume, disks.driver) ? { do: "grow", claim, volume, disks } : nothing;
    if (!found || !isAwaited(claim, found, (provisioner) => provisioner === disks.driver)) return nothing;
    return { do: "make", wanted: { claim, class: found }, disks };
  },

  reconcile(difference, { memory }): Plan {
    switch (difference.do) {
      case "nothing":
        return nothingToDo;
      case "look": {
        const { missing, known } = difference;
        const sweeps = memory.disks.map((each) => diskSweep(known, each));
        return { actions: [...missing.flatMap(diskInstallation), ...sweeps], againAfterMs: sweepMs };
      }
      case "make":
        return { actions: diskMaking(difference.wanted, difference.disks) };
      case "grow":
        return { actions: diskGrowing(difference.claim, difference.volume, difference.disks) };
      case "remove":
        return { actions: diskRemoval(difference.volume, difference.disks) };
      case "attach":
        return { actions: attachingOf(difference.attachment, difference.disks) };
    }
  },
});

function diskOf(driver: string | undefined, { disks }: Memory): CloudDisks | undefined {
  return disks.find((each) => each.driver === driver);
}

function knownBy(listers: Listers): KnownVolumes {
  return {
    volumes: [...listers.of<PersistentVolume>(persistentVolume).values()],
    claims: [...listers.of<PersistentVolumeClaim>(persistentVolumeClaim).values()],
    attachments: [...listers.of<VolumeAttachment>(volumeAttachment).values()],
  };
}
