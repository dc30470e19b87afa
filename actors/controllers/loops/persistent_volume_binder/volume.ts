import { type PersistentVolume, persistentVolume } from "../../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import type { Frozen } from "../../../api/types.ts";
import { volumeAnnotations } from "../../../api/volume_binding.ts";
import type { Listers } from "../../loop.ts";
import { type Action, nothingToDo, type Plan } from "../../plan.ts";
import { volumePhase } from "./binding.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = Frozen<PersistentVolume>;

/** A volume that is to be somebody's, or free. */
export interface VolumeDesire {
  readonly about: "volume";
  readonly volume: Volume;
}

/** A volume, and the claim that it is kept for. */
export interface VolumeScene extends VolumeDesire {
  readonly claim: Claim | undefined;
}

/** What is to become of a volume. */
export type VolumeVerdict = VolumeDesire &
  (
    | { readonly do: "mark"; readonly phase: "Available" | "Bound" }
    /** Its claim is gone, or has another volume and nobody else wants this one. */
    | { readonly do: "release"; readonly claimIsGone: boolean }
    /** Its claim has another volume: it is free, or kept for the next claim of that name. */
    | { readonly do: "unbind" }
    /** The claim will be bound to it under its own key. */
    | { readonly do: "wait" }
  );

/** Finds the claim that a volume is kept for; a namesake is another. */
export function seeVolume({ volume }: VolumeDesire, listers: Listers): VolumeScene {
  const { claimRef } = volume.spec;
  const found =
    claimRef && listers.of<PersistentVolumeClaim>(persistentVolumeClaim).get(`${claimRef.namespace}/${claimRef.name}`);
  return { about: "volume", volume, claim: found && found.metadata.uid === claimRef.uid ? found : undefined };
}

/** Decides about a volume. */
export function judgeVolume({ volume, claim }: VolumeScene): VolumeVerdict {
  const verdict = <Do extends string>(what: Do) => ({ about: "volume", volume, do: what }) as const;
  if (!volume.spec.claimRef?.uid) return { ...verdict("mark"), phase: "Available" };
  if (!claim) return { ...verdict("release"), claimIsGone: true };
  const { volumeName = "" } = claim.spec;
  if (volumeName === "") return verdict("wait");
  if (volumeName === volume.metadata.name) return { ...verdict("mark"), phase: "Bound" };
  const { annotations = {} } = volume.metadata;
  // It was made for the claim, which took another meanwhile: nobody else wants it.
  const isSuperfluous =
    annotations[volumeAnnotations.provisionedBy] !== undefined &&
    volume.spec.persistentVolumeReclaimPolicy === "Delete";
  return isSuperfluous ? { ...verdict("release"), claimIsGone: false } : verdict("unbind");
}

/** The writes that a verdict on a volume asks for. */
export function planVolume(verdict: VolumeVerdict): Plan {
  const { volume } = verdict;
  switch (verdict.do) {
    case "wait":
      return nothingToDo;
    case "mark":
      return { actions: volumePhase(volume, { phase: verdict.phase }) };
    case "unbind":
      return { actions: [unbinding(volume), ...volumePhase(volume, { phase: "Available" })] };
    case "release":
      return releasing(volume, verdict.claimIsGone);
  }
}

function unbinding(volume: Volume): Action {
  const { [volumeAnnotations.boundByController]: isOurs, ...annotations } = volume.metadata.annotations ?? {};
  const { claimRef, ...spec } = volume.spec;
  const { uid: _uid, resourceVersion: _version, ...kept } = claimRef ?? {};
  const object = isOurs
    ? { ...volume, metadata: { ...volume.metadata, annotations }, spec }
    : { ...volume, spec: { ...spec, claimRef: kept } };
  return { op: "update", kind: persistentVolume, object: object as Volume };
}

/** It is released, once it is sure that its claim is gone for good, and then what its policy says is done. */
function releasing(volume: Volume, claimIsGone: boolean): Plan {
  const { phase } = volume.status;
  const { claimRef } = volume.spec;
  const marks = phase === "Released" || phase === "Failed" ? [] : volumePhase(volume, { phase: "Released" });
  const reclaim = reclaimActions(volume);
  const actions = [...marks, ...reclaim];
  if (actions.length === 0) return nothingToDo;
  const { namespace, name = "", uid = "" } = claimRef ?? {};
  const isGone: Action[] = claimIsGone
    ? [{ op: "ensureAbsent", kind: persistentVolumeClaim, namespace, name, uid }]
    : [];
  return { actions: [...isGone, ...actions] };
}

function reclaimActions(volume: Volume): Action[] {
  const { persistentVolumeReclaimPolicy: policy, hostPath } = volume.spec;
  const { provisionedBy } = volumeAnnotations;
  const { name, uid, annotations, deletionTimestamp } = volume.metadata;
  if (policy === "Recycle") return fails(volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!");
  if (policy !== "Delete") return [];
  // Who made it takes it away.
  if (annotations?.[provisionedBy] !== undefined && !annotations[provisionedBy].startsWith("kubernetes.io/")) return [];
  if (!hostPath) {
    const message = `error getting deleter volume plugin for volume ${JSON.stringify(name)}: no deletable volume plugin matched`;
    return fails(volume, "VolumeFailedDelete", message);
  }
  if (!/^\/tmp\/.+/.test(hostPath.path)) {
    const message = `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`;
    return fails(volume, "VolumeFailedDelete", message);
  }
  if (deletionTimestamp !== undefined) return [];
  return [{ op: "delete", kind: persistentVolume, name, ...(uid && { uid }) }];
}

function fails(volume: Volume, reason: string, message: string): Action[] {
  if (volume.status.phase === "Failed" && volume.status.message === message) return [];
  const report = { about: volume, type: "Warning", reason, message } as const;
  return [
    ...volumePhase(volume, { phase: "Failed", message }),
    { op: "tell", kind: persistentVolume, object: volume, report },
  ];
}
