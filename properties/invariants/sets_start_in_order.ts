import type { StatefulSet } from "../../actors/api/kinds/stateful_set.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodReady } from "../../actors/api/pod.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

const podsPrefix = "/registry/pods/";

/**
 * A StatefulSet that goes in order makes a pod only when each before it has been ready: whoever made it may have seen
 * that a while ago, so once is enough.
 */
export const setsStartInOrder: Invariant = {
  name: "StatefulSets start their pods in order",
  watch(world) {
    /** `UID NAME` of the pods that each set has seen ready. */
    const ready = new Set<string>();
    return {
      commit({ key, object, previous }) {
        if (!object || !key.startsWith(podsPrefix)) return undefined;
        const pod = object as Frozen<Pod>;
        const owner = getControllerOf(pod);
        if (owner?.kind !== "StatefulSet") return undefined;
        if (isPodReady(pod)) ready.add(`${owner.uid} ${pod.metadata.name}`);
        if (previous) return undefined;
        const set = world.get<StatefulSet>(`/registry/statefulsets/${pod.metadata.namespace}/${owner.name}`);
        if (!set || set.metadata.uid !== owner.uid || set.spec.podManagementPolicy === "Parallel") return undefined;
        const ordinal = Number(pod.metadata.name.slice(owner.name.length + 1));
        for (let before = set.spec.ordinals?.start ?? 0; before < ordinal; before++) {
          if (ready.has(`${owner.uid} ${owner.name}-${before}`)) continue;
          return `${key.slice(podsPrefix.length)} was made before ${owner.name}-${before} was ever ready`;
        }
        return undefined;
      },
    };
  },
};
