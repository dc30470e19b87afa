import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodTerminated } from "../../actors/api/pod.ts";
import type { Deployment, Frozen, Pod, ReplicaSet } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
const knownMs = 2_000;

/** A Deployment that recreates makes pods of one kind only when all of another are gone, where nothing else is wrong. */
export const recreationWaits: Invariant = {
  name: "a recreation waits for the old to go",
  watch(world) {
    const madeMs = new Map<string, number>();
    return {
      commit({ key, object, previous, atMs }) {
        if (!key.startsWith(podsPrefix) || !object || previous) return undefined;
        madeMs.set(object.metadata.uid ?? "", atMs);
        const set = setOf(world, object as Frozen<Pod>);
        const deployment = set && deploymentOf(world, set);
        if (deployment?.spec.strategy?.type !== "Recreate") return undefined;
        const old = world.list<Pod>(podsPrefix).find((each) => {
          if (isPodTerminated(each) || atMs - (madeMs.get(each.metadata.uid ?? "") ?? atMs) < knownMs) return false;
          const its = setOf(world, each);
          return (
            its &&
            its.metadata.uid !== set?.metadata.uid &&
            deploymentOf(world, its)?.metadata.uid === deployment.metadata.uid
          );
        });
        if (!old || isTroubled(world, { fromMs: atMs - 2 * knownMs, toMs: atMs })) return undefined;
        return `${key} was made, and ${old.metadata.name} of another kind is there`;
      },
    };
  },
};

function setOf(world: World, pod: Frozen<Pod>): Frozen<ReplicaSet> | undefined {
  const owner = getControllerOf(pod);
  const set = world.get<ReplicaSet>(`/registry/replicasets/${pod.metadata.namespace}/${owner?.name}`);
  return set?.metadata.uid === owner?.uid ? set : undefined;
}

function deploymentOf(world: World, set: Frozen<ReplicaSet>): Frozen<Deployment> | undefined {
  const owner = getControllerOf(set);
  const found = world.get<Deployment>(`/registry/deployments/${set.metadata.namespace}/${owner?.name}`);
  return found?.metadata.uid === owner?.uid ? found : undefined;
}
