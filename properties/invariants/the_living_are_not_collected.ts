import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Deployment, ReplicaSet } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

/**
 * Nothing with a living owner is garbage collected. Judged on ReplicaSets that have replicas: while their Deployment
 * lives nobody but the garbage collector would delete one.
 */
export const theLivingAreNotCollected: Invariant = {
  name: "nothing with a living owner is garbage collected",
  watch: (world) => ({
    commit({ key, object, previous }) {
      if (!key.startsWith("/registry/replicasets/") || !previous || object) return undefined;
      const { metadata, spec } = previous as unknown as ReplicaSet;
      const owner = getControllerOf(previous);
      if (!owner || (spec.replicas ?? 0) === 0) return undefined;
      const living = world.get<Deployment>(`/registry/deployments/${metadata.namespace}/${owner.name}`);
      if (living?.metadata.uid !== owner.uid || living.metadata.deletionTimestamp) return undefined;
      return `ReplicaSet ${metadata.name} with ${spec.replicas} replicas was deleted, its Deployment ${owner.name} lives`;
    },
  }),
};
