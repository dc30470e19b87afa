import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { newControllerRef } from "../../api/owner_references.ts";
import { claimNameIn, isMadeFor } from "../../api/pod_claims.ts";
import { type Frozen, type KubeObject, keyOf, type Pod, thaw } from "../../api/types.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = NonNullable<Frozen<Pod>["spec"]["volumes"]>[number];

interface Observed {
  readonly volume: Volume;
  readonly name: string;
  readonly claim: Claim | undefined;
}

interface Difference {
  readonly pod: Frozen<Pod>;
  /** Claims that are not there. */
  readonly missing: readonly Observed[];
  /** The first whose name another claim has. */
  readonly taken: Observed | undefined;
}

/**
 * Makes the claims of pods that bring the templates of their claims along; each belongs to its pod, with which the
 * collector takes it.
 *
 * It watches PersistentVolumeClaims, which it makes, and pods that have no node yet: no such pod gets one before its
 * claims are there. It follows Kubernetes' pkg/controller/volume/ephemeral.
 *
 * @see https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
 */
export const ephemeralVolume = defineLoop<Frozen<Pod>, readonly Observed[], Difference>({
  name: "ephemeral-volume",
  component: "ephemeral_volume",
  account: "ephemeral-volume-controller",
  watches: [
    watch<Pod>({
      kind: podKind,
      fieldSelector: "spec.nodeName=",
      keys: ({ object }) => (object.spec.volumes?.some(({ ephemeral }) => ephemeral) ? [keyOf(object)] : []),
    }),
    watch<PersistentVolumeClaim>({
      kind: persistentVolumeClaim,
      // One that is gone is made again.
      keys: ({ type, object: { metadata } }) =>
        type === "deleted"
          ? (metadata.ownerReferences ?? [])
              .filter(({ kind }) => kind === "Pod")
              .map(({ name }) => `${metadata.namespace}/${name}`)
          : [],
    }),
  ],

  obtain(key, listers) {
    const pod = listers.of<Pod>(podKind).get(key);
    return pod?.metadata.deletionTimestamp === undefined ? pod : undefined;
  },

  observe: (pod, listers) =>
    (pod.spec.volumes ?? []).flatMap((volume) => {
      if (!volume.ephemeral) return [];
      const name = claimNameIn(pod, volume) ?? "";
      const claims = listers.of<PersistentVolumeClaim>(persistentVolumeClaim);
      return [{ volume, name, claim: claims.get(`${pod.metadata.namespace}/${name}`) }];
    }),

  difference(pod, observed) {
    const missing = observed.filter(({ claim }) => claim === undefined);
    const taken = observed.find(({ claim }) => claim && !isMadeFor(claim as Frozen<KubeObject>, pod));
    return { pod, missing, taken };
  },

  reconcile({ pod, missing, taken }): Plan {
    const writes = missing.map((each) => creation(pod, each));
    if (!taken) return writes.length === 0 ? nothingToDo : { actions: writes };
    const { namespace } = pod.metadata;
    const why = `PVC ${namespace}/${taken.name} was not created for pod ${keyOf(pod as Frozen<KubeObject>)} (pod is not owner)`;
    const message = `ephemeral volume ${taken.volume.name}: ${why}`;
    const report = { about: pod, type: "Warning", reason: "FailedBinding", message } as const;
    return { actions: [...writes, { op: "tell", kind: podKind, object: pod as Frozen<KubeObject>, report }] };
  },
});

function creation(pod: Frozen<Pod>, { volume, name }: Observed): Action {
  const { metadata, spec } = volume.ephemeral?.volumeClaimTemplate ?? {};
  const { labels, annotations } = metadata ?? {};
  const object = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name,
      namespace: pod.metadata.namespace ?? "",
      ownerReferences: [newControllerRef({ ...pod, apiVersion: "v1", kind: "Pod" } as Frozen<KubeObject>)],
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
    },
    spec: thaw(spec ?? {}),
  };
  const message = `ephemeral volume ${volume.name}: create PVC ${name}: `;
  const failureReport = { about: pod, type: "Warning", reason: "FailedBinding", message } as const;
  return { op: "create", kind: persistentVolumeClaim, object, accept: ["AlreadyExists"], failureReport };
}
