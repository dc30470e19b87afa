import type { HorizontalPodAutoscaler } from "../../actors/api/kinds/horizontal_pod_autoscaler.ts";
import type { ReplicationController } from "../../actors/api/kinds/replication_controller.ts";
import type { Frozen } from "../../actors/api/types.ts";
import { steadySeconds, targetOf } from "../engine/autoscaler_convergence.ts";
import type { Invariant } from "../engine/invariant.ts";

const [prefix, targetsPrefix] = ["/registry/horizontalpodautoscalers/", "/registry/controllers/"];
/** Bounds that were changed a moment ago may not be known. */
const knownMs = 2_000;

/**
 * What an autoscaler makes of its target is within its bounds, at most twice as much as before, or four, and less than
 * before only when nothing has asked for more for as long as it waits.
 */
export const autoscalersKeepTheirBounds: Invariant = {
  name: "autoscalers keep their bounds",
  watch(world) {
    const madeMs = new Map<string, number>();
    const changedMs = new Map<string, number>();

    function wrong(autoscaler: Frozen<HorizontalPodAutoscaler>, { from, to, atMs }: Change): string | undefined {
      const { uid = "" } = autoscaler.metadata;
      const { minReplicas = 1, maxReplicas, behavior } = autoscaler.spec;
      if (atMs - (changedMs.get(uid) ?? atMs) < knownMs) return undefined;
      if (to < minReplicas || to > maxReplicas) return `which may have ${minReplicas} to ${maxReplicas}`;
      if (!behavior && to > Math.max(2 * from, 4) && to > minReplicas) return "which is more than at once";
      const forMs = atMs - (madeMs.get(uid) ?? atMs);
      const isTooSoon = to < from && from <= maxReplicas && forMs < steadySeconds(autoscaler) * 1_000 - knownMs;
      return isTooSoon ? `${Math.round(forMs)} ms after it was first asked` : undefined;
    }

    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(prefix) && object) {
          const [now, old] = [object, previous] as readonly (Frozen<HorizontalPodAutoscaler> | undefined)[];
          const { uid = "" } = object.metadata;
          if (!old) madeMs.set(uid, atMs);
          if (JSON.stringify(now?.spec) !== JSON.stringify(old?.spec)) changedMs.set(uid, atMs);
          return undefined;
        }
        if (!key.startsWith(targetsPrefix) || !object || !previous) return undefined;
        const [to = 1, from = 1] = [object, previous].map(
          (each) => (each as Frozen<ReplicationController>).spec.replicas,
        );
        const autoscaler = world
          .list<HorizontalPodAutoscaler>(prefix)
          .find((each) => targetOf(world, each)?.metadata.uid === object.metadata.uid);
        const why = autoscaler && from !== to ? wrong(autoscaler, { from, to, atMs }) : undefined;
        return why && `${key} was scaled from ${from} to ${to}, ${why}`;
      },
    };
  },
};

interface Change {
  readonly from: number;
  readonly to: number;
  readonly atMs: number;
}
