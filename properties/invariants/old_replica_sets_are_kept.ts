import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Deployment, Frozen, ReplicaSet } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

const prefix = "/registry/replicasets/";

/** A Deployment keeps as many old ReplicaSets as it says, to go back to: never fewer while it lives, at rest no more. */
export const oldReplicaSetsAreKept: Invariant = {
  name: "old ReplicaSets are kept as asked for",
  watch: (world) => ({
    commit({ key, object, previous }) {
      if (!key.startsWith(prefix) || !previous || previous.metadata.deletionTimestamp !== undefined) return undefined;
      if (object && object.metadata.deletionTimestamp === undefined) return undefined;
      const owner = getControllerOf(previous);
      const deployment = world.get<Deployment>(`/registry/deployments/${previous.metadata.namespace}/${owner?.name}`);
      if (deployment?.metadata.uid !== owner?.uid || deployment?.metadata.deletionTimestamp !== undefined)
        return undefined;
      const [kept, limit] = [oldOf(world, deployment as Frozen<Deployment>), limitOf(deployment as Frozen<Deployment>)];
      if (kept >= limit) return undefined;
      return `${key} was deleted, which leaves Deployment ${owner?.name} with ${kept} old ones of ${limit}`;
    },
    end() {
      for (const deployment of world.list<Deployment>("/registry/deployments/")) {
        const [kept, limit] = [oldOf(world, deployment), limitOf(deployment)];
        if (kept > limit)
          return `Deployment ${deployment.metadata.name} has ${kept} old ReplicaSets, it keeps ${limit}`;
      }
      return undefined;
    },
  }),
};

const limitOf = ({ spec }: Frozen<Deployment>) => spec.revisionHistoryLimit ?? 10;

/** How many there are beside the newest. */
function oldOf(world: World, { metadata }: Frozen<Deployment>): number {
  const own = world
    .list<ReplicaSet>(prefix)
    .filter((each) => getControllerOf(each)?.uid === metadata.uid && each.metadata.deletionTimestamp === undefined);
  return Math.max(0, own.length - 1);
}
