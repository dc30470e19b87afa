import { type PersistentVolume, persistentVolume } from "../../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import { type Frozen, jsonEqual } from "../../../api/types.ts";
import { volumeAnnotations } from "../../../api/volume_binding.ts";
import type { Action } from "../../plan.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = Frozen<PersistentVolume>;

/**
 * What is missing until both say that they belong together: the volume's side first, so that no other claim can take
 * it. Both writes are refused when the object has changed in the meantime.
 */
export function bindingActions(claim: Claim, volume: Volume): Action[] {
  return [
    ...keepVolume(volume, claim),
    ...volumePhase(volume, { phase: "Bound" }),
    ...nameVolume(claim, volume),
    ...boundStatus(claim, volume),
  ];
}

function keepVolume(volume: Volume, { metadata, ...claim }: Claim): Action[] {
  const { claimRef } = volume.spec;
  const { namespace = "", name, uid = "", resourceVersion = "" } = metadata;
  const isKept = claimRef?.name === name && claimRef.namespace === namespace && claimRef.uid === uid;
  if (isKept) return [];
  const { kind, apiVersion } = claim;
  const annotations = { ...volume.metadata.annotations };
  // Who kept it for the claim beforehand gets it back kept; what the binder chose itself becomes free again.
  if (!claimRef) annotations[volumeAnnotations.boundByController] = "yes";
  const object: Volume = {
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: { ...volume.spec, claimRef: { kind, namespace, name, uid, apiVersion, resourceVersion } },
  };
  return [{ op: "update", kind: persistentVolume, object }];
}

function nameVolume(claim: Claim, volume: Volume): Action[] {
  const { bindCompleted, boundByController } = volumeAnnotations;
  const { annotations = {} } = claim.metadata;
  const { name } = volume.metadata;
  if (claim.spec.volumeName === name && annotations[bindCompleted] !== undefined) return [];
  const marks = claim.spec.volumeName === name ? {} : { [boundByController]: "yes" };
  const metadata = { ...claim.metadata, annotations: { ...annotations, ...marks, [bindCompleted]: "yes" } };
  const object: Claim = { ...claim, metadata, spec: { ...claim.spec, volumeName: name } };
  return [{ op: "update", kind: persistentVolumeClaim, object }];
}

/** What a claim has been given. Once it is bound, its size is said by who resizes it. */
function boundStatus(claim: Claim, { spec }: Volume): Action[] {
  const { phase, capacity } = claim.status;
  const isNew = phase !== "Bound" || capacity === undefined;
  return claimPhase(claim, {
    phase: "Bound",
    accessModes: [...(spec.accessModes ?? [])],
    ...(isNew && { capacity: { ...spec.capacity } }),
    ...(spec.volumeAttributesClassName && { currentVolumeAttributesClassName: spec.volumeAttributesClassName }),
  });
}

/** Writes what is new in a claim's status, if anything is. */
export function claimPhase(claim: Claim, status: object): Action[] {
  const { namespace, name, uid } = claim.metadata;
  const { status: before = {} } = claim as { readonly status?: object };
  const isSame = Object.entries(status).every(([field, value]) => jsonEqual(value, (before as never)[field]));
  if (isSame) return [];
  const patch = { metadata: { uid }, status };
  const contentType = "application/merge-patch+json";
  return [
    {
      op: "patch",
      kind: persistentVolumeClaim,
      namespace,
      name,
      patch,
      contentType,
      subresource: "status",
      accept: ["NotFound"],
    },
  ];
}

/** Writes a volume's phase, if it is another, and why. */
export function volumePhase(
  volume: Volume,
  { phase, message = "" }: { readonly phase: string; readonly message?: string },
): Action[] {
  if (volume.status.phase === phase && (volume.status.message ?? "") === message) return [];
  const { name, uid } = volume.metadata;
  const patch = { metadata: { uid }, status: { phase, message: message === "" ? null : message } };
  const contentType = "application/merge-patch+json";
  return [
    { op: "patch", kind: persistentVolume, name, patch, contentType, subresource: "status", accept: ["NotFound"] },
  ];
}
