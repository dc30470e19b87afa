import { claimNamesOf } from "../../actors/api/pod_claims.ts";
import type { Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

const claimPrefix = "/registry/persistentvolumeclaims/";

/** Once the cluster is at rest nothing is still being deleted: no finalizer, no namespace, no pod; but a claim that a pod has. */
export const nothingIsStuck: Invariant = {
  name: "nothing is stuck",
  watch(world) {
    const deleting = new Map<string, readonly string[]>();
    return {
      commit({ key, object }) {
        if (object?.metadata.deletionTimestamp !== undefined) deleting.set(key, object.metadata.finalizers ?? []);
        else deleting.delete(key);
        return undefined;
      },
      end() {
        const [first] = [...deleting].filter(([key]) => !isClaimInUse(world, key));
        return first && `${first[0]} is still being deleted, its finalizers are [${first[1].join(", ")}]`;
      },
    };
  },
};

function isClaimInUse(world: World, key: string): boolean {
  if (!key.startsWith(claimPrefix)) return false;
  return world
    .list<Pod>("/registry/pods/")
    .some((pod) => claimNamesOf(pod).some((name) => key === `${claimPrefix}${pod.metadata.namespace}/${name}`));
}
