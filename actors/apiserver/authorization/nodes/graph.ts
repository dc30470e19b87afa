import type { PersistentVolume } from "../../../api/kinds/persistent_volume.ts";
import type { VolumeAttachment } from "../../../api/kinds/volume_attachment.ts";
import { type Referred, referencesOf } from "../../../api/pod_references.ts";
import type { Frozen, Pod } from "../../../api/types.ts";

/** A thing that pods refer to, with the nodes where they are, and how many of them on each. */
interface Thing {
  readonly key: string;
  readonly podsByNode: Map<string, number>;
}

/** A pod that is bound, and what it refers to. */
interface BoundPod {
  readonly node: string;
  readonly things: readonly Thing[];
}

/**
 * Which node has to do with which objects: those to which pods bound to it refer, and the volumes behind their claims.
 * It follows the pods, volumes and attachments that the server's caches hold.
 */
export interface NodeGraph {
  /** By namespace and name. */
  readonly pods: Map<string, BoundPod>;
  /** By kind, namespace and name. */
  readonly things: Map<string, Thing>;
  /** The claims of volumes, and the Secrets that these need, by the volume's name. */
  readonly volumes: Map<string, { readonly claim: string; readonly secrets: readonly string[] }>;
  /** Volumes by the Secrets that they need. */
  readonly volumesBySecret: Map<string, Set<string>>;
  /** Nodes by the names of attachments. */
  readonly attachments: Map<string, string>;
}

/** Makes one that knows of nothing. */
export function createNodeGraph(): NodeGraph {
  return { pods: new Map(), things: new Map(), volumes: new Map(), volumesBySecret: new Map(), attachments: new Map() };
}

const thingKey = (kind: string, namespace: string, name: string) => `${kind} ${namespace}/${name}`;
const podKey = ({ metadata }: Frozen<Pod>) => `${metadata.namespace ?? ""}/${metadata.name}`;
const mirrorAnnotation = "kubernetes.io/config.mirror";

/** Takes a change of a pod; what happens to one that is bound already changes nothing, but for claims and new containers. */
export function takePod(graph: NodeGraph, before: Frozen<Pod> | undefined, now: Frozen<Pod> | undefined): void {
  if (before && now && isSame(before, now)) return;
  if (before) removePod(graph, podKey(before));
  // A mirror pod is a kubelet's own: by it the kubelet could get anything.
  const isMirror = now?.metadata.annotations?.[mirrorAnnotation] !== undefined;
  if (now?.spec.nodeName && !isMirror) addPod(graph, now);
}

function isSame(before: Frozen<Pod>, now: Frozen<Pod>): boolean {
  return (
    before.spec.nodeName === now.spec.nodeName &&
    before.metadata.uid === now.metadata.uid &&
    (now.spec.resourceClaims ?? []).length === 0 &&
    (before.spec.ephemeralContainers ?? []).length === (now.spec.ephemeralContainers ?? []).length
  );
}

function addPod(graph: NodeGraph, pod: Frozen<Pod>): void {
  const node = pod.spec.nodeName ?? "";
  const { namespace = "" } = pod.metadata;
  const keys = new Set<string>();
  for (const [kind, name] of referencesOf(pod)) if (name !== "") keys.add(thingKey(kind, namespace, name));
  const things = [...keys].map((key) => {
    const thing: Thing = graph.things.get(key) ?? { key, podsByNode: new Map() };
    graph.things.set(key, thing);
    thing.podsByNode.set(node, (thing.podsByNode.get(node) ?? 0) + 1);
    return thing;
  });
  graph.pods.set(podKey(pod), { node, things });
}

function removePod(graph: NodeGraph, key: string): void {
  const pod = graph.pods.get(key);
  if (!pod) return;
  graph.pods.delete(key);
  for (const thing of pod.things) {
    const left = (thing.podsByNode.get(pod.node) ?? 0) - 1;
    if (left > 0) thing.podsByNode.set(pod.node, left);
    else thing.podsByNode.delete(pod.node);
    if (thing.podsByNode.size === 0) graph.things.delete(thing.key);
  }
}

/** Takes a change of a volume. */
export function takeVolume(
  graph: NodeGraph,
  before: Frozen<PersistentVolume> | undefined,
  now: Frozen<PersistentVolume> | undefined,
): void {
  const name = (now ?? before)?.metadata.name ?? "";
  for (const secret of graph.volumes.get(name)?.secrets ?? []) {
    const volumes = graph.volumesBySecret.get(secret);
    volumes?.delete(name);
    if (volumes?.size === 0) graph.volumesBySecret.delete(secret);
  }
  graph.volumes.delete(name);
  const claim = now?.spec.claimRef;
  if (!now || !claim) return;
  const secrets = [...secretsOf(now, claim.namespace ?? "")];
  graph.volumes.set(name, {
    claim: thingKey("persistentvolumeclaims", claim.namespace ?? "", claim.name ?? ""),
    secrets,
  });
  for (const secret of secrets) {
    const volumes = graph.volumesBySecret.get(secret);
    if (volumes) volumes.add(name);
    else graph.volumesBySecret.set(secret, new Set([name]));
  }
}

/** The Secrets that a kubelet needs for a volume. */
function* secretsOf({ spec }: Frozen<PersistentVolume>, claimNamespace: string): Generator<string> {
  const { azureFile, cephfs, rbd, flexVolume, scaleIO, iscsi, storageos, csi } = spec;
  if (azureFile?.secretName) {
    yield thingKey("secrets", azureFile.secretNamespace || claimNamespace, azureFile.secretName);
  }
  const others = [
    ...[cephfs, rbd, flexVolume, scaleIO, iscsi, storageos].map((source) => source?.secretRef),
    ...[csi?.nodePublishSecretRef, csi?.nodeStageSecretRef, csi?.nodeExpandSecretRef],
  ];
  for (const ref of others) if (ref?.name) yield thingKey("secrets", ref.namespace || claimNamespace, ref.name);
}

/** Takes a change of an attachment. */
export function takeAttachment(
  graph: NodeGraph,
  before: Frozen<VolumeAttachment> | undefined,
  now: Frozen<VolumeAttachment> | undefined,
): void {
  if (before) graph.attachments.delete(before.metadata.name);
  if (now) graph.attachments.set(now.metadata.name, now.spec.nodeName);
}

/** An object that a node asks for. */
export interface Wanted {
  readonly kind: Referred | "pods" | "persistentvolumes" | "volumeattachments";
  readonly namespace: string;
  readonly name: string;
}

/** Whether a node has to do with an object. */
export function isRelated(graph: NodeGraph, node: string, { kind, namespace, name }: Wanted): boolean {
  const hasPodWith = (key: string) => graph.things.get(key)?.podsByNode.has(node) === true;
  const hasVolume = (volume: string) => hasPodWith(graph.volumes.get(volume)?.claim ?? "");
  switch (kind) {
    case "pods":
      return graph.pods.get(`${namespace}/${name}`)?.node === node;
    case "persistentvolumes":
      return hasVolume(name);
    case "volumeattachments":
      return graph.attachments.get(name) === node;
    default: {
      const key = thingKey(kind, namespace, name);
      if (hasPodWith(key)) return true;
      return kind === "secrets" && [...(graph.volumesBySecret.get(key) ?? [])].some(hasVolume);
    }
  }
}
