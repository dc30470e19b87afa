import type { StatefulSet } from "../../actors/api/kinds/stateful_set.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
const revisionLabel = "controller-revision-hash";
const quietMs = 6_000;

/**
 * Below its partition a StatefulSet's pods are made as they were, and at or above it as they are to be, where nothing
 * else is wrong; and while nobody deletes its pods, those below are in the end what the first of them were made from.
 */
export const setsKeepTheirPartition: Invariant = {
  name: "StatefulSets keep their partition",
  watch: (world) => ({
    commit({ key, object, previous, atMs }) {
      if (!key.startsWith(podsPrefix) || !object || previous) return undefined;
      const { labels, namespace } = object.metadata;
      const owner = getControllerOf(object as Frozen<Pod>);
      const set = world.get<StatefulSet>(`/registry/statefulsets/${namespace}/${owner?.name}`);
      if (owner?.kind !== "StatefulSet" || set?.metadata.uid !== owner.uid) return undefined;
      const partition = partitionOf(set);
      const { currentRevision, updateRevision } = set.status;
      if (partition === 0 || !currentRevision || !updateRevision) return undefined;
      const wanted = ordinalOf(key) < (set.spec.ordinals?.start ?? 0) + partition ? currentRevision : updateRevision;
      // What the status says of a change that was made just now is from before.
      const isTold = set.status.observedGeneration === set.metadata.generation;
      if (!isTold || labels?.[revisionLabel] === wanted) return undefined;
      if (isTroubled(world, { fromMs: atMs - quietMs, toMs: atMs })) return undefined;
      return `${key} was made of ${labels?.[revisionLabel]}, and is to be of ${wanted}: the partition is ${partition}`;
    },
    end() {
      const { workload, faults } = world.definition;
      const others = new Set(["killPods", "deleteNode", "taint"]);
      if (faults.length > 0 || workload.some(({ op }) => others.has(op))) return undefined;
      for (const command of workload) {
        if (command.op !== "createSet" || command.set !== "StatefulSet") continue;
        for (const pod of world.list<Pod>(podsPrefix)) {
          const isOwn = getControllerOf(pod)?.name === command.name;
          if (!isOwn || ordinalOf(pod.metadata.name) >= (command.start ?? 0) + (command.partition ?? 0)) continue;
          const image = pod.spec.containers[0]?.image;
          if (image !== command.image)
            return `${pod.metadata.name} has ${image}, and is to stay with ${command.image}: it is below the partition`;
        }
      }
      return undefined;
    },
  }),
};

function partitionOf({ spec }: Frozen<StatefulSet>): number {
  return spec.updateStrategy?.rollingUpdate?.partition ?? 0;
}

function ordinalOf(name: string): number {
  return Number(name.slice(name.lastIndexOf("-") + 1));
}
