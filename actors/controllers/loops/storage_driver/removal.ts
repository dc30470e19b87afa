import { type PersistentVolume, persistentVolume } from "../../../api/kinds/persistent_volume.ts";
import { persistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import type { Frozen } from "../../../api/types.ts";
import { volumeAnnotations } from "../../../api/volume_binding.ts";
import { diskDriver, type StorageAnswer, type StorageRequest, storageDevice } from "../../../storage/messages.ts";
import type { Action } from "../../plan.ts";
import { driverFinalizer } from "./provisioning.ts";

type Volume = Frozen<PersistentVolume>;

/** Whether a volume that this driver has made is to be removed, with all that is in it. */
export function isToGo({ metadata, spec, status }: Volume): boolean {
  if (metadata.annotations?.[volumeAnnotations.provisionedBy] !== diskDriver) return false;
  if (spec.csi?.driver !== diskDriver || spec.persistentVolumeReclaimPolicy !== "Delete") return false;
  if (metadata.deletionTimestamp !== undefined && !metadata.finalizers?.includes(driverFinalizer)) return false;
  return status.phase === "Released" || status.phase === "Failed";
}

/** Removes what is in a volume, once it is sure that its claim is gone, and then the volume. */
export function removal(volume: Volume): Action[] {
  const { name, uid } = volume.metadata;
  const { claimRef, csi } = volume.spec;
  const { namespace, name: claimName = "", uid: claimUid = "" } = claimRef ?? {};
  const request: StorageRequest = { op: "remove", volume: csi?.volumeHandle ?? "" };
  return [
    ...(claimUid === "" ? [] : [absence(namespace, claimName, claimUid)]),
    {
      op: "device",
      kind: persistentVolume,
      name,
      device: storageDevice,
      request,
      answered: (answer) => removed(volume, answer as StorageAnswer | undefined, uid),
    },
  ];
}

function absence(namespace: string | undefined, name: string, uid: string): Action {
  return { op: "ensureAbsent", kind: persistentVolumeClaim, namespace, name, uid };
}

function removed(volume: Volume, answer: StorageAnswer | undefined, uid: string | undefined): Action[] {
  const { name, deletionTimestamp, finalizers = [] } = volume.metadata;
  if (!answer?.ok) {
    const message = `rpc error: code = Internal desc = ${answer?.failure ?? "the storage does not answer"}`;
    const report = { about: volume, type: "Warning", reason: "VolumeFailedDelete", message } as const;
    return [{ op: "tell", kind: persistentVolume, object: volume, report }];
  }
  if (deletionTimestamp === undefined) return [{ op: "delete", kind: persistentVolume, name, ...(uid && { uid }) }];
  const kept = finalizers.filter((each) => each !== driverFinalizer);
  const object: Volume = { ...volume, metadata: { ...volume.metadata, finalizers: kept } };
  return [{ op: "update", kind: persistentVolume, object, accept: ["NotFound"] }];
}
