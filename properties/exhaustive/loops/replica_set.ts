import { pod } from "../../../actors/api/kinds/pod.ts";
import { replicaSet as kind } from "../../../actors/api/kinds/replica_set.ts";
import type { KubeObject } from "../../../actors/api/types.ts";
import { replicaSet as loop } from "../../../actors/controllers/loops/replica_set.ts";
import { isActive, type LoopPlay, loopAddress, type Move, type PlayView } from "./play.ts";

const labels = { app: "web" };
const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "web:1" }] } };
const [fewer, more] = [1, 2];

/** A ReplicaSet whose number goes up and down, while its pods fail and are deleted. */
export const replicaSetPlay: LoopPlay = {
  loop,
  objects: [
    {
      kind,
      object: {
        ...{ apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "web", namespace: "default" } },
        spec: { replicas: more, selector: { matchLabels: labels }, template },
      } as KubeObject,
    },
  ],

  moves(view) {
    const sets = view.of("replicasets").map((object): Move => {
      const replicas = replicasOf(object) === more ? fewer : more;
      return { name: `scale to ${replicas}`, kind, object, patch: { spec: { replicas } } };
    });
    const pods = view.of("pods").filter(isActive);
    return [
      ...sets,
      ...pods.map((object): Move => {
        const patch = { status: { phase: "Failed" } };
        return { name: `fail ${object.metadata.uid}`, kind: pod, object, patch, isStatus: true };
      }),
      ...pods.map((object): Move => ({ name: `delete ${object.metadata.uid}`, kind: pod, object })),
    ];
  },

  judge(view, isAtRest) {
    const active = view.of("pods").filter(isActive).length;
    if (active > more) return `There are ${active} active pods, and nobody ever asked for more than ${more}`;
    return tooMuchDone(view) ?? (isAtRest ? unsettled(view, active) : undefined);
  },
};

function replicasOf({ spec }: { readonly spec?: object }): number {
  return (spec as { readonly replicas?: number } | undefined)?.replicas ?? 0;
}

/** More pods than were asked for, or lost, are never made, nor deleted than were too many. */
function tooMuchDone(view: PlayView): string | undefined {
  let [wanted, unwanted, lost, made, deleted] = [0, 0, 0, 0, 0];
  for (const { object, previous } of view.changesOf("replicasets")) {
    const change = (object ? replicasOf(object) : 0) - (previous ? replicasOf(previous) : 0);
    if (change > 0) wanted += change;
    else unwanted -= change;
  }
  for (const { object, previous, by } of view.changesOf("pods")) {
    if (object && !previous) made++;
    else if (!object && by === loopAddress) deleted++;
    else if (previous && isActive(previous) && !(object && isActive(object))) lost++;
  }
  if (made > wanted + lost) return `It made ${made} pods: ${wanted} were asked for, and ${lost} lost`;
  if (deleted > unwanted) return `It deleted ${deleted} pods: ${unwanted} were too many`;
  return undefined;
}

function unsettled(view: PlayView, active: number): string | undefined {
  const [set] = view.of("replicasets");
  if (!set) return undefined;
  const replicas = replicasOf(set);
  if (active !== replicas) return `Nothing happens any more, with ${active} active pods where ${replicas} are wanted`;
  const { replicas: told = 0, observedGeneration } = set.status as { replicas?: number; observedGeneration?: number };
  if (told !== active)
    return `Nothing happens any more, and its status tells of ${told} pods where there are ${active}`;
  if (observedGeneration === set.metadata.generation) return undefined;
  return `Nothing happens any more, and its status is of generation ${observedGeneration}, not of ${set.metadata.generation}`;
}
