import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodTerminated } from "../../actors/api/pod.ts";
import type { Frozen, Pod, ReplicaSet } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { recent, remember, type Since } from "./_recent.ts";

interface Size extends Since {
  readonly replicas: number;
}

/** Faults that lose neither a message nor a memory. */
const gentle: ReadonlySet<string> = new Set(["lag", "clockSkew"]);

/**
 * A ReplicaSet's controller never makes more pods than are asked for, however late it hears of those that it made.
 * Judged until the first fault of a run, unless all are gentle: a write whose answer was lost, or a controller that knows nothing any more,
 * may make a pod too many, in Kubernetes as well.
 */
export const replicaSetsMakeNoExtraPods: Invariant = {
  name: "a ReplicaSet makes no pods too many",
  watch(world) {
    const sizes = new Map<string, Size[]>();
    const isGentle = world.definition.faults.every(({ kind }) => gentle.has(kind));
    const isDisturbed = () => !isGentle && world.simulation.faults.notes().length > 0;

    function judge(pod: Frozen<Pod>, atMs: number): string | undefined {
      const owner = getControllerOf(pod);
      const allowed = recent(sizes.get(owner?.uid ?? "") ?? [], atMs).map(({ replicas }) => replicas);
      if (!owner || allowed.length === 0) return undefined;
      const living = world
        .list<Pod>("/registry/pods/")
        .filter((each) => getControllerOf(each)?.uid === owner.uid && isLiving(each)).length;
      const most = Math.max(...allowed);
      return living > most ? `ReplicaSet ${owner.name} has ${living} pods, ${most} were asked for` : undefined;
    }

    return {
      commit({ key, object, previous, atMs }) {
        if (!object) return undefined;
        if (key.startsWith("/registry/replicasets/")) {
          const { metadata, spec } = object as unknown as Frozen<ReplicaSet>;
          remember(sizes, metadata.uid ?? "", { fromMs: atMs, replicas: spec.replicas ?? 1 });
          return undefined;
        }
        const isNewPod = key.startsWith("/registry/pods/") && !previous;
        return isNewPod && !isDisturbed() ? judge(object as unknown as Frozen<Pod>, atMs) : undefined;
      },
    };
  },
};

function isLiving(pod: Frozen<Pod>): boolean {
  return pod.metadata.deletionTimestamp === undefined && !isPodTerminated(pod);
}
