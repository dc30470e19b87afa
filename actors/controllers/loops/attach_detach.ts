import { node as nodeKind } from "../../api/kinds/node.ts";
import { type PersistentVolume, persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { type VolumeAttachment, volumeAttachment } from "../../api/kinds/volume_attachment.ts";
import { isPodTerminated } from "../../api/pod.ts";
import { claimNamesOf } from "../../api/pod_claims.ts";
import { type Frozen, jsonEqual, keyOf, type Node, type Pod } from "../../api/types.ts";
import { isDiskDriver, uniqueVolumeName } from "../../storage/messages.ts";
import { defineLoop, type Listers, type Watch, watch } from "../loop.ts";
import type { Plan } from "../plan.ts";
import { type AttachMemory, type AttachScene, attachPlan } from "./attach_detach/attaching.ts";

type Volume = Frozen<PersistentVolume>;

/** Pods and nodes are only looked at while there are volumes that have to be attached. */
const pods = watch<Pod>({
  kind: podKind,
  indexes: { claim: claimKeysOf },
  keys: ({ object, previous }, { listers }) =>
    [...new Set([...claimKeysOf(object), ...(previous ? claimKeysOf(previous) : [])])].flatMap((key) =>
      volumeKey(listers.of<PersistentVolumeClaim>(persistentVolumeClaim).get(key)),
    ),
}) as unknown as Watch;

const nodes = watch<Node>({
  kind: nodeKind,
  indexes: { attached: ({ status }) => (status.volumesAttached ?? []).map(({ name }) => name) },
  keys({ type, object, previous }, { listers }) {
    if (type === "updated" && previous && isSameFor(object, previous)) return [];
    const here = listers.of<VolumeAttachment>(volumeAttachment).by("node", object.metadata.name);
    return here.flatMap(({ spec }) => spec.source.persistentVolumeName ?? []);
  },
}) as unknown as Watch;

/**
 * Has volumes be at the nodes whose pods use them, and nowhere else: a volume for one node at a time goes to the next
 * one when the last has let go of it, or has not been heard of for six minutes.
 *
 * It watches PersistentVolumes, PersistentVolumeClaims and VolumeAttachments, and, while there are volumes of a driver,
 * pods and nodes; it makes VolumeAttachments, and tells in the status of nodes what is attached. It follows Kubernetes'
 * pkg/controller/volume/attachdetach.
 */
export const attachDetach = defineLoop<Volume, AttachScene, AttachScene, AttachMemory>({
  name: "persistentvolume-attach-detach",
  component: "attachdetach-controller",
  watches: [
    watch<PersistentVolume>({
      kind: persistentVolume,
      indexes: { attachable: (volume) => (isAttachable(volume) ? ["all"] : []) },
      keys: ({ object }) => (isAttachable(object) ? [object.metadata.name] : []),
    }),
    watch<PersistentVolumeClaim>({
      kind: persistentVolumeClaim,
      keys: ({ object, previous }) => (previous?.spec.volumeName === object.spec.volumeName ? [] : volumeKey(object)),
    }),
    watch<VolumeAttachment>({
      kind: volumeAttachment,
      indexes: {
        volume: ({ spec }) => (spec.source.persistentVolumeName ? [spec.source.persistentVolumeName] : []),
        node: ({ spec }) => [spec.nodeName],
      },
      keys: ({ object }) => (object.spec.source.persistentVolumeName ? [object.spec.source.persistentVolumeName] : []),
    }),
  ],
  derived: {
    from: [persistentVolume, volumeAttachment],
    watchesOf: (listers) => (hasWork(listers) ? [pods, nodes] : []),
  },
  begin: () => ({ unwantedSince: new Map(), awaited: new Set(), told: new Set() }),

  obtain(key, listers) {
    if (!listers.derived.some(({ plural }) => plural === nodeKind.plural)) return undefined;
    const volume = listers.of<PersistentVolume>(persistentVolume).get(key);
    if (volume) return isAttachable(volume) ? volume : undefined;
    const left = listers.of<VolumeAttachment>(volumeAttachment).by("volume", key);
    const driver = left.map(({ spec }) => spec.attacher).find(isDiskDriver);
    return driver === undefined ? undefined : goneVolume(key, driver);
  },

  observe: (volume, listers) => sceneOf(volume, listers),
  difference: (_volume, scene) => scene,
  reconcile: (scene, turn): Plan => attachPlan(scene, turn),
});

function hasWork(listers: Listers): boolean {
  if (listers.of<PersistentVolume>(persistentVolume).by("attachable", "all").length > 0) return true;
  return listers.of<VolumeAttachment>(volumeAttachment).size > 0;
}

/** One that is gone before it was taken away from its node. */
function goneVolume(name: string, driver: string): Volume {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name },
    spec: { csi: { driver, volumeHandle: name } },
    status: {},
  };
}

function isAttachable({ spec }: Volume): boolean {
  return isDiskDriver(spec.csi?.driver);
}

function volumeKey(claim: Frozen<PersistentVolumeClaim> | undefined): string[] {
  return claim?.spec.volumeName ? [claim.spec.volumeName] : [];
}

/** A pod that has ended uses nothing of its node. */
function claimKeysOf(pod: Frozen<Pod>): readonly string[] {
  if (!pod.spec.nodeName || isPodTerminated(pod)) return [];
  return claimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`);
}

function isSameFor(now: Frozen<Node>, before: Frozen<Node>): boolean {
  const parts = ({ spec, status }: Frozen<Node>) => [
    ...[spec?.taints, status.volumesInUse, status.volumesAttached],
    status.conditions?.find(({ type }) => type === "Ready")?.status,
  ];
  return jsonEqual(parts(now), parts(before));
}

function sceneOf(volume: Volume, listers: Listers): AttachScene {
  const { claimRef, csi } = volume.spec;
  const claim =
    claimRef && listers.of<PersistentVolumeClaim>(persistentVolumeClaim).get(`${claimRef.namespace}/${claimRef.name}`);
  const isItsClaim = claim?.metadata.uid === claimRef?.uid && claim?.spec.volumeName === volume.metadata.name;
  const found = listers.of<VolumeAttachment>(volumeAttachment);
  const all = listers.of<Node>(nodeKind);
  const attachments = found.by("volume", volume.metadata.name);
  const users = claim && isItsClaim ? listers.of<Pod>(podKind).by("claim", keyOf(claim)) : [];
  const told = all.by("attached", csi ? uniqueVolumeName(csi) : "").map(({ metadata }) => metadata.name);
  const names = new Set([...attachments.map(({ spec }) => spec.nodeName), ...told]);
  return {
    volume,
    users,
    attachments,
    nodes: new Map(
      [...names].flatMap((name) => {
        const node = all.get(name);
        return node ? [[name, node] as const] : [];
      }),
    ),
    attachedTo: (name) =>
      found.by("node", name).flatMap(({ spec, status, metadata }) => {
        if (!status?.attached || metadata.deletionTimestamp !== undefined) return [];
        const other = listers.of<PersistentVolume>(persistentVolume).get(spec.source.persistentVolumeName ?? "");
        return other?.spec.csi ? [uniqueVolumeName(other.spec.csi)] : [];
      }),
  };
}
