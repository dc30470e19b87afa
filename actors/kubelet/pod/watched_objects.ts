import type { Step } from "../../../runtime/mod.ts";
import type { FeatureGate, FeatureGates } from "../../api/feature_gates.ts";
import { clusterTrustBundle } from "../../api/kinds/cluster_trust_bundle.ts";
import { configMap } from "../../api/kinds/config_map.ts";
import { persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { secret } from "../../api/kinds/secret.ts";
import { volumeAttachment } from "../../api/kinds/volume_attachment.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import type { ApiClient } from "../../client/api_client.ts";
import type { Kind } from "../../client/api_request.ts";
import { createInformer, type Informer } from "../../client/informer.ts";
import type { ObjectNeed } from "../volumes/_volume_type.ts";
import type { PodRecord } from "./pod_record.ts";

/** An object that pods of this node are made from, and the namespace of the pod that names it. */
export interface Wanted extends ObjectNeed {
  readonly namespace: string;
}

/**
 * What the kubelet mirrors for its pods: of ConfigMaps, Secrets and claims only those that a pod here names, each by a
 * watch of its own, for as long as a pod names it.
 */
export interface WatchedObjects {
  /** Sees that it is mirrored for a pod; false while it is not known whether it is there. */
  want(pod: PodRecord, wanted: Wanted, step: Step): boolean;
  find(wanted: Wanted): Frozen<KubeObject> | undefined;
  /** All objects of a kind, once they are wanted without a name. */
  all(kind: Wanted["kind"]): readonly Frozen<KubeObject>[];
  /** The pod needs none of them any more. */
  release(pod: PodRecord, step: Step): void;
  stop(step: Step): void;
}

/** Who hears that something which a pod is made from has changed, or is known at last. */
export interface WatchedObjectsOptions {
  readonly client: ApiClient;
  /** Features that are on: of others there are no objects. Default: none that Kubernetes has off. */
  readonly gates?: FeatureGates;
  readonly changed: (pod: PodRecord, step: Step) => void;
}

interface Watched {
  readonly informer: Informer<KubeObject>;
  readonly pods: Set<PodRecord>;
}

const kinds: Readonly<Record<Wanted["kind"], Kind & { readonly gate?: FeatureGate }>> = {
  ConfigMap: configMap as never,
  Secret: secret as never,
  PersistentVolumeClaim: persistentVolumeClaim as never,
  PersistentVolume: persistentVolume as never,
  VolumeAttachment: volumeAttachment as never,
  ClusterTrustBundle: clusterTrustBundle as never,
};

/** Mirrors nothing yet. */
export function createWatchedObjects({ client, changed, gates = [] }: WatchedObjectsOptions): WatchedObjects {
  const byKey = new Map<string, Watched>();

  function start({ kind: sort, namespace, name }: Wanted, step: Step): Watched {
    const kind = kinds[sort];
    const place = kind.namespaced ? { namespace } : {};
    const selected = name === "" ? {} : { fieldSelector: `metadata.name=${name}` };
    const informer = createInformer<KubeObject>({ client, kind, ...place, ...selected });
    const watched: Watched = { informer, pods: new Set() };
    const tell = (later: Step) => {
      for (const pod of [...watched.pods]) changed(pod, later);
    };
    informer.onChange((_change, later) => {
      if (informer.synced()) tell(later);
    });
    informer.onListed(tell);
    informer.start(step);
    return watched;
  }

  return {
    want(pod, wanted, step) {
      const { gate } = kinds[wanted.kind];
      if (gate !== undefined && !gates.includes(gate)) return true;
      const key = keyOf(wanted);
      const watched = byKey.get(key) ?? start(wanted, step);
      byKey.set(key, watched);
      watched.pods.add(pod);
      return watched.informer.synced();
    },
    find(wanted) {
      const { kind, namespace, name } = wanted;
      return byKey.get(keyOf(wanted))?.informer.get(kinds[kind].namespaced ? `${namespace}/${name}` : name);
    },
    all: (kind) => [...(byKey.get(keyOf({ kind, namespace: "", name: "" }))?.informer.values() ?? [])],
    release(pod, step) {
      for (const [key, { informer, pods }] of [...byKey]) {
        if (!pods.delete(pod) || pods.size > 0) continue;
        informer.stop(step);
        byKey.delete(key);
      }
    },
    stop(step) {
      for (const { informer } of byKey.values()) informer.stop(step);
      byKey.clear();
    },
  };
}

function keyOf({ kind, namespace, name }: Wanted): string {
  return kinds[kind].namespaced ? `${kind}/${namespace}/${name}` : `${kind}/${name}`;
}
