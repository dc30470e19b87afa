import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";

const podsPrefix = "/registry/pods/";

/** Nobody is driven off by a scheduler but for a pod that matters more, and that has no node yet. */
export const theLesserMakeRoom: Invariant = {
  name: "only lesser pods are preempted",
  watch() {
    /** The greatest priority of all that ever waited. */
    let greatest = Number.NEGATIVE_INFINITY;
    return {
      commit({ key, object, previous }) {
        if (!object || !key.startsWith(podsPrefix)) return undefined;
        const pod = object as Frozen<Pod>;
        if (!pod.spec.nodeName) greatest = Math.max(greatest, pod.spec.priority ?? 0);
        if (!isPreempted(pod) || (previous && isPreempted(previous as Frozen<Pod>))) return undefined;
        const { priority = 0 } = pod.spec;
        return priority < greatest
          ? undefined
          : `${key} of priority ${priority} was preempted, none that waited has more than ${greatest}`;
      },
    };
  },
};

const isPreempted = ({ status }: Frozen<Pod>) =>
  status.conditions?.some(({ type, reason }) => type === "DisruptionTarget" && reason === "PreemptionByScheduler") ??
  false;
