import { getCondition } from "../../actors/api/conditions.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Deployment, Frozen, ReplicaSet } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

const prefix = "/registry/deployments/";
const revisionAnnotation = "deployment.kubernetes.io/revision";

/**
 * A rollout is not given up before its deadline. At rest a Deployment tells that it is done and has what it needs, and
 * each of its ReplicaSets has a revision of its own, the greatest of which is the Deployment's.
 */
export const rolloutsTellHowTheyWent: Invariant = {
  name: "rollouts tell how they went",
  watch(world) {
    const madeMs = new Map<string, number>();
    return {
      commit({ key, object, atMs }) {
        if (!object || !key.startsWith(prefix)) return undefined;
        const { metadata, spec, status } = object as unknown as Frozen<Deployment>;
        const sinceMs = madeMs.get(metadata.uid ?? "") ?? atMs;
        madeMs.set(metadata.uid ?? "", sinceMs);
        const { reason } = getCondition(status?.conditions, "Progressing") ?? {};
        const deadlineMs = (spec.progressDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
        if (reason !== "ProgressDeadlineExceeded" || atMs - sinceMs >= deadlineMs) return undefined;
        return `${key} was given up ${Math.round(atMs - sinceMs)} ms after it was made, its deadline is ${deadlineMs} ms`;
      },
      end: () => world.list<Deployment>(prefix).flatMap((each) => wrongWith(world, each) ?? [])[0],
    };
  },
};

function wrongWith(world: World, { metadata, status }: Frozen<Deployment>): string | undefined {
  const sets = world
    .list<ReplicaSet>("/registry/replicasets/")
    .filter((set) => getControllerOf(set)?.uid === metadata.uid);
  const revisions = sets.map((set) => Number(set.metadata.annotations?.[revisionAnnotation]));
  const own = Number(metadata.annotations?.[revisionAnnotation]);
  if (new Set(revisions).size < revisions.length || Math.max(...revisions) !== own) {
    return `Deployment ${metadata.name} is at revision ${own}, its ReplicaSets at ${revisions.join()}`;
  }
  const [progressing, available] = ["Progressing", "Available"].map((type) => getCondition(status.conditions, type));
  const isTold = progressing?.reason === "NewReplicaSetAvailable" && available?.status === "True";
  return isTold ? undefined : `Deployment ${metadata.name} is complete, and says ${JSON.stringify(status.conditions)}`;
}
