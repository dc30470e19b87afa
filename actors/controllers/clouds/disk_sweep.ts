import { type PersistentVolume, persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { type VolumeAttachment, volumeAttachment } from "../../api/kinds/volume_attachment.ts";
import { unitsOf } from "../../api/quantity.ts";
import { parseTime } from "../../api/time.ts";
import type { Frozen, KubeList, KubeObject } from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import type { CloudVolume, CloudVolumes, VolumeRequest } from "../../cloud/messages.ts";
import { volumeNameOf } from "../loops/storage_driver/provisioning.ts";
import type { Action } from "../plan.ts";
import { askCloud } from "./ask_cloud.ts";
import type { CloudDisks } from "./cloud_disks.ts";
import { instanceAnnotation, notAttached } from "./disk_attaching.ts";
import { zoneLabel } from "./disk_installation.ts";

/** What the cluster has of volumes. */
export interface KnownVolumes {
  readonly volumes: readonly Frozen<PersistentVolume>[];
  readonly claims: readonly Frozen<PersistentVolumeClaim>[];
  readonly attachments: readonly Frozen<VolumeAttachment>[];
}

/**
 * Looks at all volumes that a provider has rented out: one that was rented when nobody could write it down any more is
 * given back, and one that came to a computer when nobody wanted that any more is taken away. What was written down once
 * is never given back here: whoever has forgotten its PersistentVolume may want what is in it. What is older than the
 * provider, as it began anew with a cluster that was kept, is rented anew, as nodes are.
 */
export function diskSweep(known: KnownVolumes, disks: CloudDisks): Action {
  const { cloud } = disks;
  const about = { kind: persistentVolume, name: cloud.name };
  return askCloud(about, { cloud, request: { op: "ListVolumes" } }, (answer) => {
    if (!answer.ok) return [{ op: "fail", ...about, message: answer.failure.message }];
    const listed = answer.value as CloudVolumes;
    const rented = listed.volumes;
    const corrected = (seen: KnownVolumes) => [
      ...forgottenOf(listed, seen.volumes, disks).map((request) => correcting(request, disks)),
      ...correctionsOf(rented, seen).map((request) => correcting(request, disks)),
      ...lostOf(rented, seen.attachments).map(notAttached),
    ];
    // The mirrors may lag behind what was just rented.
    return corrected(known).length === 0 ? [] : [freshly(corrected)];
  });
}

function correctionsOf(rented: readonly CloudVolume[], known: KnownVolumes): readonly VolumeRequest[] {
  const written = new Set(known.volumes.map(({ metadata }) => metadata.name));
  const wanted = new Set(known.claims.map(volumeNameOf));
  const isAttached = ({ name, instance }: CloudVolume) =>
    known.attachments.some(
      ({ spec, metadata }) =>
        spec.source.persistentVolumeName === name && metadata.annotations?.[instanceAnnotation] === instance,
    );
  return rented.flatMap((each): VolumeRequest[] => {
    const { name, isKept, instance } = each;
    if (instance !== undefined && !isAttached(each)) return [{ op: "DetachVolume", name, instance }];
    if (isKept || (!written.has(name) && wanted.has(name))) return [];
    return [written.has(name) ? { op: "KeepVolume", name } : { op: "DeleteVolume", name, isUnkept: true }];
  });
}

/** Attachments of which the provider knows nothing: the instance is gone, and another bears its node's name. */
function lostOf(rented: readonly CloudVolume[], attachments: KnownVolumes["attachments"]) {
  return attachments.filter(({ metadata, spec, status }) => {
    if (!status?.attached || metadata.deletionTimestamp !== undefined) return false;
    const volume = rented.find(({ name }) => name === spec.source.persistentVolumeName);
    return volume && volume.instance !== metadata.annotations?.[instanceAnnotation];
  });
}

/** Volumes that a provider had in an earlier life. */
function forgottenOf(
  { volumes, sinceMs }: CloudVolumes,
  written: KnownVolumes["volumes"],
  { driver }: CloudDisks,
): readonly VolumeRequest[] {
  return written.flatMap(({ metadata, spec }): VolumeRequest[] => {
    const { name, creationTimestamp = "" } = metadata;
    if (spec.csi?.driver !== driver || metadata.deletionTimestamp !== undefined) return [];
    if (volumes.some((each) => each.name === name) || (parseTime(creationTimestamp) ?? sinceMs) >= sinceMs) return [];
    const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
    const places = terms.flatMap(({ matchExpressions = [] }) => matchExpressions);
    const zone = places.find(({ key }) => key === zoneLabel)?.values?.[0] ?? "";
    return [{ op: "CreateVolume", volume: { name, zone, bytes: unitsOf(spec.capacity?.storage) } }];
  });
}

function freshly(then: (fresh: KnownVolumes) => readonly Action[]): Action {
  return reading<VolumeAttachment>(volumeAttachment, (attachments) => [
    reading<PersistentVolumeClaim>(persistentVolumeClaim, (claims) => [
      reading<PersistentVolume>(persistentVolume, (volumes) => then({ attachments, claims, volumes })),
    ]),
  ]);
}

function reading<T extends KubeObject>(kind: Kind, then: (items: readonly Frozen<T>[]) => readonly Action[]): Action {
  return {
    ...{ op: "read", kind, name: "" },
    found(outcome) {
      if (outcome.ok) return then((outcome.value as KubeList<T>).items as unknown as readonly Frozen<T>[]);
      return [{ op: "fail", kind, name: "", message: outcome.failure.message }];
    },
  };
}

function correcting(request: VolumeRequest, { cloud }: CloudDisks): Action {
  const about = { kind: persistentVolume, name: cloud.name };
  return askCloud(about, { cloud, request }, (answer) =>
    answer.ok || answer.failure.reason === "notFound"
      ? []
      : [{ op: "fail", ...about, message: answer.failure.message }],
  );
}
