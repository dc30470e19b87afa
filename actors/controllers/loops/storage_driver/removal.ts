import { type PersistentVolume, persistentVolume } from "../../../api/kinds/persistent_volume.ts";
import { persistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import type { Frozen } from "../../../api/types.ts";
import { volumeAnnotations } from "../../../api/volume_binding.ts";
import { type StorageAnswer, type StorageRequest, storageDevice } from "../../../storage/messages.ts";
import type { Action } from "../../plan.ts";
import { driverFinalizer } from "./provisioning.ts";

type Volume = Frozen<PersistentVolume>;

/** Whether a volume that this driver has made is to be removed, with all that is in it. */
export function isToGo({ metadata, spec, status }: Volume, driver: string): boolean {
  if (metadata.annotations?.[volumeAnnotations.provisionedBy] !== driver) return false;
  if (spec.csi?.driver !== driver || spec.persistentVolumeReclaimPolicy !== "Delete") return false;
  if (metadata.deletionTimestamp !== undefined && !metadata.finalizers?.includes(driverFinalizer)) return false;
  return status.phase === "Released" || status.phase === "Failed";
}

/** Removes what is in a volume, once it is sure that its claim is gone, and then the volume. */
export function removal(volume: Volume): Action[] {
  return [...claimAbsence(volume), emptying(volume)];
}

/** Goes on only when the claim of a volume is gone. */
export function claimAbsence({ spec: { claimRef } }: Volume): Action[] {
  const { namespace, name = "", uid = "" } = claimRef ?? {};
  return uid === "" ? [] : [{ op: "ensureAbsent", kind: persistentVolumeClaim, namespace, name, uid }];
}

/** Removes what is in a volume, and then the volume. */
export function emptying(volume: Volume): Action {
  const request: StorageRequest = { op: "remove", volume: volume.spec.csi?.volumeHandle ?? "" };
  return {
    ...{ op: "device", kind: persistentVolume, name: volume.metadata.name, device: storageDevice, request },
    answered(any: unknown) {
      const answer = any as StorageAnswer | undefined;
      if (answer?.ok) return removed(volume);
      return [notRemoved(volume, answer?.failure ?? "the storage does not answer")];
    },
  };
}

/** Tells people of a volume why it was not removed. */
export function notRemoved(volume: Volume, why: string): Action {
  const message = `rpc error: code = Internal desc = ${why}`;
  const report = { about: volume, type: "Warning", reason: "VolumeFailedDelete", message } as const;
  return { op: "tell", kind: persistentVolume, object: volume, report };
}

function removed(volume: Volume): Action[] {
  const { name, uid, deletionTimestamp, finalizers = [] } = volume.metadata;
  if (deletionTimestamp === undefined) return [{ op: "delete", kind: persistentVolume, name, ...(uid && { uid }) }];
  const kept = finalizers.filter((each) => each !== driverFinalizer);
  const object: Volume = { ...volume, metadata: { ...volume.metadata, finalizers: kept } };
  return [{ op: "update", kind: persistentVolume, object, accept: ["NotFound"] }];
}
