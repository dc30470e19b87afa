import { deployment } from "../../../api/kinds/deployment.ts";
import { replicaSet } from "../../../api/kinds/replica_set.ts";
import { replicationController } from "../../../api/kinds/replication_controller.ts";
import { statefulSet } from "../../../api/kinds/stateful_set.ts";
import { getControllerOf } from "../../../api/owner_references.ts";
import type { Frozen, KubeObject, OwnerReference, Pod } from "../../../api/types.ts";
import type { Kind } from "../../../client/api_request.ts";
import type { Listers } from "../../loop.ts";
import { groupOf, scaledKind } from "../../scales/scaled_kind.ts";

/** A controller of another kind, of which only the API can tell how many pods it wants. */
export interface UnknownScale {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** One of its pods. */
  readonly pod: string;
}

/** How many pods the controllers of some pods want. */
export interface PodScales {
  /** By the controllers' uids. */
  readonly known: ReadonlyMap<string, number>;
  readonly unknown: readonly UnknownScale[];
  /** The names of the pods that nobody controls. */
  readonly unmanaged: readonly string[];
  /** Why the number cannot be found out. */
  readonly error?: string;
}

type Scaled = KubeObject & { readonly spec: { readonly replicas?: number } };

/** The kinds whose objects are mirrored. */
export const mirroredScales: readonly Kind[] = [deployment, replicaSet, replicationController, statefulSet];

/** Finds out how many pods those who control these pods want, each counted once. */
export function podScales(pods: readonly Frozen<Pod>[], listers: Listers): PodScales {
  const known = new Map<string, number>();
  const unknown = new Map<string, UnknownScale>();
  const unmanaged: string[] = [];
  for (const pod of pods) {
    const reference = getControllerOf(pod as Frozen<KubeObject>);
    if (reference === undefined) {
      unmanaged.push(pod.metadata.name);
      continue;
    }
    if (unknown.has(reference.uid)) continue;
    const { namespace = "" } = pod.metadata;
    const found = mirroredScale(reference, namespace, listers);
    if (found) {
      known.set(found.uid, found.replicas);
      continue;
    }
    const kind = kindOf(reference, listers);
    if (typeof kind === "string") return { known, unknown: [], unmanaged, error: kind };
    const { name, uid } = reference;
    unknown.set(uid, { kind, namespace, name, uid, pod: pod.metadata.name });
  }
  return { known, unknown: [...unknown.values()], unmanaged };
}

function mirroredScale(reference: Frozen<OwnerReference>, namespace: string, listers: Listers) {
  const own = mirrored(reference, namespace, listers);
  if (own === undefined) return undefined;
  // Of a Deployment's ReplicaSets the Deployment says how many pods there are to be.
  const above = reference.kind === replicaSet.kind ? getControllerOf(own as Frozen<KubeObject>) : undefined;
  const owner = above?.kind === deployment.kind ? mirrored(above, namespace, listers) : own;
  return owner && { uid: owner.metadata.uid ?? "", replicas: owner.spec.replicas ?? 1 };
}

function mirrored(reference: Frozen<OwnerReference>, namespace: string, listers: Listers): Frozen<Scaled> | undefined {
  const kind = mirroredScales.find((each) => each.kind === reference.kind && groupOf(reference) === each.group);
  const found = kind && (listers.of(kind).get(`${namespace}/${reference.name}`) as Frozen<Scaled> | undefined);
  return found?.metadata.uid === reference.uid ? found : undefined;
}

/** The kind that a reference names, or why its objects have no scale. */
function kindOf(reference: Frozen<OwnerReference>, listers: Listers): Kind | string {
  const found = scaledKind(reference, listers);
  if (found.ok) return found.value;
  return found.failure === "unknown"
    ? `no matches for kind "${reference.kind}" in version "${reference.apiVersion}"`
    : `${found.failure.resource} does not implement the scale subresource`;
}
