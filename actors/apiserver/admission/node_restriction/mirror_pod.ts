import { referencesOf } from "../../../api/pod_references.ts";
import type { Pod } from "../../../api/types.ts";

const mirrorAnnotation = "kubernetes.io/config.mirror";

const shared: Readonly<Record<string, string>> = {
  secrets: "secrets",
  configmaps: "configmaps",
  persistentvolumeclaims: "persistentvolumeclaims",
  resourceclaims: "resourceclaims",
};

/** Why a kubelet may not create a pod: it shows pods of its own, which have nothing of the API but their node. */
export function mirrorPodError(node: string, pod: Pod): string | undefined {
  const own = JSON.stringify(node);
  const { metadata, spec } = pod;
  if (metadata.annotations?.[mirrorAnnotation] === undefined) {
    return `pod does not have "${mirrorAnnotation}" annotation, node ${own} can only create mirror pods`;
  }
  if (spec.nodeName !== node) return `node ${own} can only create pods with spec.nodeName set to itself`;
  return ownerError(node, pod) ?? referenceError(node, pod);
}

function ownerError(node: string, { metadata }: Pod): string | undefined {
  const own = JSON.stringify(node);
  const [owner, ...others] = metadata.ownerReferences ?? [];
  if (others.length > 0) return `node ${own} can only create pods with a single owner reference set to itself`;
  if (owner?.apiVersion !== "v1" || owner.kind !== "Node" || owner.name !== node) {
    return `node ${own} can only create pods with an owner reference set to itself`;
  }
  if (owner.controller !== true) {
    return `node ${own} can only create pods with a controller owner reference set to itself`;
  }
  return owner.blockOwnerDeletion === true
    ? `node ${own} must not set blockOwnerDeletion on an owner reference`
    : undefined;
}

function referenceError(node: string, pod: Pod): string | undefined {
  const own = JSON.stringify(node);
  for (const [kind, name] of referencesOf(pod)) {
    if (name === "") continue;
    if (kind === "serviceaccounts") return `node ${own} can not create pods that reference a service account`;
    return `node ${own} can not create pods that reference ${shared[kind]}`;
  }
  return undefined;
}
