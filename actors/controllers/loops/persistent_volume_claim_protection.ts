import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { claimNamesOf } from "../../api/pod_claims.ts";
import { type Frozen, type KubeObject, keyOf, type Pod } from "../../api/types.ts";
import { protectionFinalizers } from "../../api/volume_binding.ts";
import { defineLoop, type Watch, watch } from "../loop.ts";
import { nothingToDo, type Plan } from "../plan.ts";

type Claim = Frozen<PersistentVolumeClaim>;

interface Difference {
  readonly claim: Claim;
  readonly do: "protect" | "let go";
}

const finalizer = protectionFinalizers.claim;

/** Pods are only looked at while a claim is to go. */
const pods = watch<Pod>({
  kind: podKind,
  indexes: { claim: claimKeysOf },
  keys: ({ object }) => claimKeysOf(object),
}) as unknown as Watch;

/**
 * Keeps claims that pods use: each has a finalizer, which is taken off once it is to go and no pod that has a node
 * names it any more.
 *
 * It watches PersistentVolumeClaims, which it writes, and, while one of them is to go, pods. It follows Kubernetes'
 * pkg/controller/volume/pvcprotection.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection
 */
export const persistentVolumeClaimProtection = defineLoop<Claim, boolean, Difference | undefined>({
  name: "persistentvolumeclaim-protection",
  component: "pvc-protection-controller",
  watches: [
    watch<PersistentVolumeClaim>({
      kind: persistentVolumeClaim,
      indexes: { going: ({ metadata }) => (metadata.deletionTimestamp === undefined ? [] : ["all"]) },
      keys: ({ object }) => [keyOf(object)],
    }),
  ],
  derived: {
    from: [persistentVolumeClaim],
    watchesOf: (listers) =>
      listers.of<PersistentVolumeClaim>(persistentVolumeClaim).by("going", "all").length > 0 ? [pods] : [],
  },

  obtain: (key, listers) => listers.of<PersistentVolumeClaim>(persistentVolumeClaim).get(key),

  observe({ metadata }, listers) {
    if (metadata.deletionTimestamp === undefined) return true;
    const key = `${metadata.namespace}/${metadata.name}`;
    return listers.of<Pod>(podKind).by("claim", key).length > 0;
  },

  difference(claim, isUsed) {
    const { deletionTimestamp, finalizers = [] } = claim.metadata;
    const isProtected = finalizers.includes(finalizer);
    if (deletionTimestamp === undefined) return isProtected ? undefined : { claim, do: "protect" };
    return isProtected && !isUsed ? { claim, do: "let go" } : undefined;
  },

  reconcile(difference): Plan {
    if (!difference) return nothingToDo;
    const { claim } = difference;
    const { namespace = "", name, finalizers = [] } = claim.metadata;
    const isAdded = difference.do === "protect";
    const kept = isAdded ? [...finalizers, finalizer] : finalizers.filter((each) => each !== finalizer);
    const object = { ...claim, metadata: { ...claim.metadata, finalizers: kept } } as Claim;
    const write = { op: "update", kind: persistentVolumeClaim, object, accept: ["NotFound"] } as const;
    if (isAdded) return { actions: [write] };
    // The mirror may lag behind, and what is let go is lost.
    const which = (object: Frozen<KubeObject>) => claimKeysOf(object as Frozen<Pod>).includes(`${namespace}/${name}`);
    return { actions: [{ op: "ensureEmpty", kind: podKind, namespace, which }, write] };
  },
});

/** A pod that has no node yet is not started with a claim that is to go. */
function claimKeysOf(pod: Frozen<Pod>): readonly string[] {
  if (!pod.spec.nodeName) return [];
  return claimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`);
}
