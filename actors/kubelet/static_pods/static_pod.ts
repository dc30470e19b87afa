import type { FeatureGates } from "../../api/feature_gates.ts";
import { fieldErrorText } from "../../api/field_error.ts";
import { podRules } from "../../api/kinds/pod.ts";
import type { Frozen, Pod, Toleration } from "../../api/types.ts";
import { fnv128a } from "../../kit/fnv.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { apiReference } from "./api_references.ts";

/** Where kubelets look for manifests, as kubeadm has them. */
export const staticPodPath = "/etc/kubernetes/manifests";

/** The annotations by which a kubelet tells where a pod comes from, and which one it is. */
export const configHash = "kubernetes.io/config.hash";
export const configMirror = "kubernetes.io/config.mirror";
export const configSeen = "kubernetes.io/config.seen";
export const configSource = "kubernetes.io/config.source";

/** Where a manifest was found. */
export interface ManifestPlace {
  readonly node: string;
  /** The file's name, without its folder. */
  readonly file: string;
  /** Features that are on. Default: none that Kubernetes has off. */
  readonly gates?: FeatureGates;
}

/** No trouble of its node drives a static pod away. */
const staysAnyway: Toleration = { operator: "Exists", effect: "NoExecute" };

/**
 * The pod that a node runs of a manifest, in no need of any API: its name ends with the node's, its uid tells manifests
 * apart and is the same whenever this one is read on this node. Fails, in the kubelet's words, where the manifest is of
 * no pod that a node can run by itself.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
 */
export function staticPod(manifest: Pod, { node, file, gates = [] }: ManifestPlace): Result<Frozen<Pod>, string> {
  const draft = structuredClone(manifest);
  const { metadata, spec } = draft;
  if (!metadata.name) return failed("invalid pod: name is needed for the pod");
  // A folder on the node's disk has this name.
  if (metadata.uid && !/^[\w-]+$/.test(metadata.uid)) {
    return failed(`invalid pod: uid ${JSON.stringify(metadata.uid)} is more than letters, digits, "-" and "_"`);
  }
  // The field's name of long ago.
  spec.serviceAccountName ||= spec.serviceAccount ?? "";
  if (spec.serviceAccountName === "") delete spec.serviceAccountName;
  podRules.applyDefaults(draft);
  podRules.forgetDisabled(draft, { gates, old: undefined });
  metadata.uid ||= fnv128a(`${JSON.stringify(draft)}host:${node}file:${staticPodPath}/${file}`);
  metadata.name = `${metadata.name}-${node.toLowerCase()}`;
  metadata.namespace ||= "default";
  metadata.annotations = { ...metadata.annotations, [configHash]: metadata.uid };
  spec.nodeName = node;
  const { tolerations = [] } = spec;
  if (!tolerations.some(isStaysAnyway)) spec.tolerations = [...tolerations, staysAnyway];
  draft.status = { phase: "Pending" };
  const errors = podRules.validate(draft);
  if (errors.length > 0) return failed(`invalid pod: [${errors.map(fieldErrorText).join(" ")}]`);
  const reference = apiReference(draft);
  if (!reference.ok) return reference;
  return reference.value === undefined ? ok(draft) : failed(`static pods may not reference ${reference.value}`);
}

function isStaysAnyway({ key, operator, value, effect }: Toleration): boolean {
  return !key && !value && operator === staysAnyway.operator && effect === staysAnyway.effect;
}

/** Whether a pod of the API only shows what a kubelet runs by itself. */
export function isMirror({ metadata }: Frozen<Pod>): boolean {
  return metadata.annotations?.[configMirror] !== undefined;
}

/** Whether a mirror shows this very static pod. */
export function isMirrorOf(mirror: Frozen<Pod>, pod: Frozen<Pod>): boolean {
  return mirror.metadata.annotations?.[configMirror] === pod.metadata.annotations?.[configHash];
}

/** What the API is to have of a static pod, so that others see it. */
export function mirrorOf(
  { metadata, ...rest }: Frozen<Pod>,
  { node, uid }: { readonly node: string; readonly uid: string },
): Frozen<Pod> {
  const { uid: hash = "", ...others } = metadata;
  const { [configHash]: shown = hash } = metadata.annotations ?? {};
  const owner = { apiVersion: "v1", kind: "Node", name: node, uid, controller: true };
  return {
    ...rest,
    metadata: {
      ...others,
      annotations: { ...metadata.annotations, [configMirror]: shown },
      ownerReferences: [owner],
    },
  };
}
