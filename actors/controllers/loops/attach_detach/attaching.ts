import { node as nodeKind } from "../../../api/kinds/node.ts";
import type { PersistentVolume } from "../../../api/kinds/persistent_volume.ts";
import { pod as podKind } from "../../../api/kinds/pod.ts";
import { type VolumeAttachment, volumeAttachment } from "../../../api/kinds/volume_attachment.ts";
import { isPodTerminated } from "../../../api/pod.ts";
import { claimNamesOf } from "../../../api/pod_claims.ts";
import { type Frozen, jsonEqual, type KubeObject, type Node, type Pod } from "../../../api/types.ts";
import type { Report } from "../../../client/report.ts";
import { attachmentName, uniqueVolumeName } from "../../../storage/messages.ts";
import type { Turn } from "../../loop.ts";
import type { Action, Plan } from "../../plan.ts";

type Attachment = Frozen<VolumeAttachment>;

/** A volume, who uses it, and where it is. */
export interface AttachScene {
  readonly volume: Frozen<PersistentVolume>;
  /** The pods that have nodes and use it. */
  readonly users: readonly Frozen<Pod>[];
  readonly attachments: readonly Attachment[];
  /** The nodes where it is, or which say that it is there. */
  readonly nodes: ReadonlyMap<string, Frozen<Node>>;
  /** The names of all volumes that are at a node. */
  attachedTo(node: string): readonly string[];
}

/** What is kept from turn to turn. */
export interface AttachMemory {
  /** From when on nobody wanted an attachment any more, by its name. */
  readonly unwantedSince: Map<string, number>;
  /** Attachments that were seen before they were done. */
  readonly awaited: Set<string>;
  /** Pods that were told that they wait, by their uids; behind one, the words that it was told. */
  readonly told: Set<string>;
}

/** As long as Kubernetes waits for a node that is not ready to let go of a volume. */
const unmountMsMax = 360_000;
const outOfService = "node.kubernetes.io/out-of-service";

/** What brings a volume to where it is used, and away from where it is not. */
export function attachPlan(scene: AttachScene, turn: Turn<AttachMemory>): Plan {
  const wanted = nodesOf(scene.users);
  const detaching = scene.attachments
    .filter(({ spec }) => !wanted.has(spec.nodeName))
    .map((each) => ({ node: each.spec.nodeName, ...detachment(scene, each, turn) }));
  const left = new Set(detaching.filter(({ actions }) => actions.length > 0).map(({ node }) => node));
  for (const each of scene.attachments) {
    if (wanted.has(each.spec.nodeName)) turn.memory.unwantedSince.delete(each.metadata.name);
  }
  const waits = detaching.flatMap(({ againAfterMs }) => againAfterMs ?? []);
  return {
    actions: [
      ...detaching.flatMap(({ actions }) => actions),
      ...attachments(scene, wanted, turn.memory),
      ...successes(scene, wanted, turn.memory),
      ...failures(scene, wanted, turn.memory),
      ...statuses(scene, left),
    ],
    ...(waits.length > 0 && { againAfterMs: Math.min(...waits) }),
  };
}

/** Pods by the nodes that they are on. */
function nodesOf(users: readonly Frozen<Pod>[]): ReadonlyMap<string, readonly Frozen<Pod>[]> {
  const byNode = new Map<string, Frozen<Pod>[]>();
  for (const pod of [...users].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))) {
    const { nodeName = "" } = pod.spec;
    byNode.set(nodeName, [...(byNode.get(nodeName) ?? []), pod]);
  }
  return byNode;
}

/** Takes a volume away from a node that has let go of it, or that is not heard of any more. */
function detachment({ volume, nodes }: AttachScene, attachment: Attachment, turn: Turn<AttachMemory>): Plan {
  const { name, uid, deletionTimestamp } = attachment.metadata;
  const { unwantedSince } = turn.memory;
  const sinceMs = unwantedSince.get(name) ?? turn.uptimeMs;
  unwantedSince.set(name, sinceMs);
  const node = nodes.get(attachment.spec.nodeName);
  const isUsed = node?.status.volumesInUse?.includes(uniqueOf(volume)) ?? false;
  const isReady = node?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  const isOut = node?.spec?.taints?.some(({ key }) => key === outOfService) ?? false;
  const leftMs = sinceMs + unmountMsMax - turn.uptimeMs;
  if (isUsed && !isOut && (isReady || leftMs > 0)) {
    return { actions: [], ...(leftMs > 0 && { againAfterMs: leftMs }) };
  }
  unwantedSince.delete(name);
  if (deletionTimestamp !== undefined) return { actions: [] };
  return {
    actions: [
      ...(node ? [] : [{ op: "ensureAbsent", kind: nodeKind, name: attachment.spec.nodeName } satisfies Action]),
      ...unused(volume, attachment.spec.nodeName),
      { op: "delete", kind: volumeAttachment, name, ...(uid && { uid }) },
    ],
  };
}

/** Goes on only when the API, too, has no pod on the node that uses the volume: the mirror may lag behind. */
function unused({ spec: { claimRef } }: AttachScene["volume"], node: string): Action[] {
  const { namespace = "", name = "" } = claimRef ?? {};
  if (name === "") return [];
  const which = (object: Frozen<KubeObject>) => {
    const pod = object as Frozen<Pod>;
    return pod.spec.nodeName === node && !isPodTerminated(pod) && claimNamesOf(pod).includes(name);
  };
  return [{ op: "ensureEmpty", kind: podKind, namespace, which }];
}

function uniqueOf({ spec }: AttachScene["volume"]): string {
  return spec.csi ? uniqueVolumeName(spec.csi) : "";
}

type Wanted = ReturnType<typeof nodesOf>;

function attachments({ volume, attachments: known }: AttachScene, wanted: Wanted, memory: AttachMemory): Action[] {
  const { accessModes = [], csi } = volume.spec;
  if (!csi) return [];
  const isShared = accessModes.includes("ReadWriteMany") || accessModes.includes("ReadOnlyMany");
  let isTaken = known.length > 0;
  return [...wanted].flatMap(([nodeName, pods]): Action[] => {
    if (known.some(({ spec }) => spec.nodeName === nodeName)) return [];
    if (isTaken && !isShared) return refusals(volume, { pods, users: [...wanted.values()].flat() }, memory);
    isTaken = true;
    const name = attachmentName(csi, nodeName);
    memory.awaited.add(name);
    const object: VolumeAttachment = {
      apiVersion: "storage.k8s.io/v1",
      kind: "VolumeAttachment",
      metadata: { name },
      spec: { attacher: csi.driver, nodeName, source: { persistentVolumeName: volume.metadata.name } },
      status: { attached: false },
    };
    return [{ op: "create", kind: volumeAttachment, object, accept: ["AlreadyExists"] }];
  });
}

/** Tells pods, once each, that the volume is at another node. */
function refusals(
  { metadata }: AttachScene["volume"],
  { pods, users }: { readonly pods: readonly Frozen<Pod>[]; readonly users: readonly Frozen<Pod>[] },
  { told }: AttachMemory,
): Action[] {
  const others = users.filter((each) => !pods.includes(each)).map(({ metadata: { name } }) => name);
  const why =
    others.length > 0
      ? `Volume is already used by pod(s) ${others.join(", ")}`
      : "Volume is already exclusively attached to one node and can't be attached to another";
  const message = `Multi-Attach error for volume ${JSON.stringify(metadata.name)} ${why}`;
  return pods.flatMap((pod): Action[] => {
    const { uid = "" } = pod.metadata;
    if (told.has(uid)) return [];
    told.add(uid);
    return [tell(pod, { type: "Warning", reason: "FailedAttachVolume", message })];
  });
}

function tell(pod: Frozen<Pod>, said: Omit<Report, "about">): Action {
  return { op: "tell", kind: podKind, object: pod as Frozen<KubeObject>, report: { about: pod, ...said } };
}

function successes({ volume, attachments: known }: AttachScene, wanted: Wanted, memory: AttachMemory): Action[] {
  return known.flatMap(({ metadata, spec, status }) => {
    if (!status?.attached || !memory.awaited.delete(metadata.name)) return [];
    const message = `AttachVolume.Attach succeeded for volume ${JSON.stringify(volume.metadata.name)} `;
    return (wanted.get(spec.nodeName) ?? []).map((pod) => {
      for (const each of memory.told) if (each.startsWith(pod.metadata.uid ?? "")) memory.told.delete(each);
      return tell(pod, { type: "Normal", reason: "SuccessfulAttachVolume", message });
    });
  });
}

/** Tells pods, once each for the same words, why a volume does not come to their node. */
function failures({ volume, attachments: known }: AttachScene, wanted: Wanted, { told }: AttachMemory): Action[] {
  return known.flatMap(({ spec, status }) => {
    if (status?.attached || !status?.attachError) return [];
    const message = `AttachVolume.Attach failed for volume ${JSON.stringify(volume.metadata.name)} : ${status.attachError.message}`;
    return (wanted.get(spec.nodeName) ?? []).flatMap((pod): Action[] => {
      const key = `${pod.metadata.uid} ${message}`;
      if (told.has(key)) return [];
      told.add(key);
      return [tell(pod, { type: "Warning", reason: "FailedAttachVolume", message })];
    });
  });
}

/** What nodes say of the volumes that are attached to them. */
function statuses({ volume, nodes, attachedTo }: AttachScene, left: ReadonlySet<string>): Action[] {
  return [...nodes].flatMap(([name, { status, metadata }]): Action[] => {
    const here = attachedTo(name).filter((each) => !left.has(name) || each !== uniqueOf(volume));
    const names = [...new Set(here)].sort();
    const said = (status.volumesAttached ?? []).map((each) => each.name).sort();
    if (jsonEqual(names, said)) return [];
    const volumesAttached = names.length === 0 ? null : names.map((each) => ({ name: each, devicePath: "" }));
    const patch = { metadata: { uid: metadata.uid }, status: { volumesAttached } };
    const contentType = "application/merge-patch+json";
    return [{ op: "patch", kind: nodeKind, name, patch, contentType, subresource: "status", accept: ["NotFound"] }];
  });
}
