import type { PersistentVolume } from "../../api/kinds/persistent_volume.ts";
import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import type { VolumeAttachment } from "../../api/kinds/volume_attachment.ts";
import { claimNameIn } from "../../api/pod_claims.ts";
import { unitsOf } from "../../api/quantity.ts";
import type { Frozen } from "../../api/types.ts";
import type { VolumeOrder } from "../../computer/messages.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { attachmentName, diskDriver, isDiskDriver } from "../../storage/messages.ts";
import type { Making, ObjectNeed, PodVolume, VolumeContext, VolumeNeed } from "./_volume_type.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = Frozen<PersistentVolume>;

/** The claim of a volume of a pod, and the volume of the cluster that it has. */
export function claimNeeds(volume: PodVolume, { pod, find }: Pick<VolumeContext, "pod" | "find">): VolumeNeed[] {
  const need = { kind: "PersistentVolumeClaim", name: claimNameIn(pod, volume) ?? "" } as const;
  const claim = find(need) as Claim | undefined;
  const name = claim?.spec.volumeName ?? "";
  if (name === "") return [need];
  const found = find({ kind: "PersistentVolume", name }) as Volume | undefined;
  const attachment = found && attachmentNeed(found, pod);
  return [need, { kind: "PersistentVolume", name }, ...(attachment ? [attachment] : [])];
}

const groupAnnotation = "pv.beta.kubernetes.io/gid";

/**
 * The groups whose the volumes of a pod's claims are said to be: its processes are of them.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-persistent-volume-storage/#access-control
 */
export function claimGroups(context: Pick<VolumeContext, "pod" | "find">): readonly number[] {
  const needs = (context.pod.spec.volumes ?? [])
    .filter((volume) => claimNameIn(context.pod, volume) !== undefined)
    .flatMap((volume) => claimNeeds(volume, context));
  return needs.flatMap((need) => {
    if (need.kind !== "PersistentVolume") return [];
    const text = context.find(need)?.metadata.annotations?.[groupAnnotation] ?? "";
    return /^\d+$/.test(text) ? [Number(text)] : [];
  });
}

function attachmentNeed({ spec: { csi } }: Volume, { spec }: VolumeContext["pod"]): ObjectNeed | undefined {
  if (!csi || !isDiskDriver(csi.driver)) return undefined;
  return { kind: "VolumeAttachment", name: attachmentName(csi, spec.nodeName ?? "") };
}

/** Whether a claim's volume is not at this node yet, though it is to be. */
export function isClaimAwaited(volume: PodVolume, context: VolumeContext): boolean {
  const need = claimNeeds(volume, context).find(({ kind }) => kind === "VolumeAttachment");
  if (!need || need.kind === "Token") return false;
  const found = context.find(need) as Frozen<VolumeAttachment> | undefined;
  return !found?.status?.attached || found.metadata.deletionTimestamp !== undefined;
}

/** What the computer is told to make of a claim's volume: one of the cluster's own driver, or a folder of its own. */
export function claimOrder({ volume, path, context }: Making): Result<VolumeOrder, string> {
  const claimName = claimNameIn(context.pod, volume) ?? "";
  const claim = context.find({ kind: "PersistentVolumeClaim", name: claimName }) as Claim | undefined;
  if (!claim) return failed(`persistentvolumeclaim ${JSON.stringify(claimName)} not found`);
  const name = claim.spec.volumeName ?? "";
  if (name === "" || claim.status.phase !== "Bound") {
    return failed(`PVC is not bound: ${claim.metadata.namespace}/${claim.metadata.name}`);
  }
  const found = context.find({ kind: "PersistentVolume", name }) as Volume | undefined;
  if (!found) return failed(`persistentvolume ${JSON.stringify(name)} not found`);
  return orderFor(found.spec, path);
}

/** The fields of a volume's spec that name a source which no computer here can mount. */
const strangers = /^[a-z]+(Disk|Volume|File|IO)$|^(nfs|iscsi|fc|rbd|cephfs|glusterfs|flocker|cinder|storageos)$/;

function orderFor(spec: Volume["spec"], at: string): Result<VolumeOrder, string> {
  const { hostPath, local, csi, capacity } = spec;
  if (csi && isDiskDriver(csi.driver)) {
    const { driver, volumeHandle: volume } = csi;
    return ok({ kind: "disk", path: at, driver, volume, bytesMax: unitsOf(capacity?.storage) });
  }
  if (csi) return failed(`driver name ${csi.driver} not found in the list of registered CSI drivers`);
  const path = hostPath?.path ?? local?.path;
  if (path !== undefined) return ok({ kind: "host", path, type: hostPath ? (hostPath.type ?? "") : "Directory" });
  const sort = Object.keys(spec).find((field) => strangers.test(field)) ?? "";
  return failed(
    `kubetroupe cannot mount a volume of type ${JSON.stringify(sort)}, only hostPath, local and those of ${diskDriver}`,
  );
}
