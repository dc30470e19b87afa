import type { StatefulSet } from "../../actors/api/kinds/stateful_set.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodReady } from "../../actors/api/pod.ts";
import type { Frozen, Pod, PodSpec } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import type { Command } from "../workload/command.ts";
import { isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
const quietMs = 4_000;
const others: ReadonlySet<Command["op"]> = new Set([
  "killPods",
  "deleteNode",
  "evictPods",
  "taint",
  "scaleSet",
] as const);

/**
 * A StatefulSet that goes in order gives up its last pod first, and when it changes what pods are like, each only when all
 * above it are new and ready, and none below its partition: judged where nothing else is wrong and nobody else deletes pods.
 */
export const setsChangeFromTheTop: Invariant = {
  name: "StatefulSets change from the top",
  watch: (world) => ({
    commit({ key, object, previous, atMs }) {
      if (!key.startsWith(podsPrefix) || !previous || previous.metadata.deletionTimestamp !== undefined)
        return undefined;
      if (object && object.metadata.deletionTimestamp === undefined) return undefined;
      const pod = previous as Frozen<Pod>;
      const owner = getControllerOf(pod);
      if (owner?.kind !== "StatefulSet") return undefined;
      const set = world.get<StatefulSet>(`/registry/statefulsets/${pod.metadata.namespace}/${owner.name}`);
      if (set?.metadata.uid !== owner.uid || set.metadata.deletionTimestamp !== undefined) return undefined;
      if (set.spec.podManagementPolicy === "Parallel" || isDisturbed(world, owner.name, atMs)) return undefined;
      const why = whyNot(world, set, pod);
      return why && `${key} was deleted, and ${why}`;
    },
  }),
};

function isDisturbed(world: World, set: string, nowMs: number): boolean {
  const isUser = world.definition.workload.some(({ op, name, atMs }) => {
    const isItsOwn = op === "deleteNode" || op === "taint" || name === set;
    return others.has(op) && isItsOwn && Math.abs(nowMs - atMs) < quietMs;
  });
  return isUser || isTroubled(world, { fromMs: nowMs - quietMs, toMs: nowMs });
}

const ordinalOf = ({ metadata }: Frozen<Pod>) => Number(metadata.name.split("-").at(-1));
const revisionOf = ({ metadata }: Frozen<Pod>) => metadata.labels?.["controller-revision-hash"];

const imageOf = (spec: Frozen<PodSpec> | undefined) => spec?.containers[0]?.image;

function whyNot(world: World, set: Frozen<StatefulSet>, pod: Frozen<Pod>): string | undefined {
  const { replicas = 1, ordinals } = set.spec;
  const first = ordinals?.start ?? 0;
  const mine = world.list<Pod>(podsPrefix).filter((each) => getControllerOf(each)?.uid === set.metadata.uid);
  const above = mine.filter((each) => ordinalOf(each) > ordinalOf(pod));
  const kept = above.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (ordinalOf(pod) >= first + replicas) return kept && `${kept.metadata.name} above it is not`;
  const { partition = 0 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  if (ordinalOf(pod) < first + partition && isPodReady(pod)) return `it is below the partition, which is ${partition}`;
  if (above.length < first + replicas - 1 - ordinalOf(pod)) return "not all above it are there";
  // A revision that came a moment ago is not known to the set's status yet; what it asks for is.
  const wanted = imageOf((set.spec as Partial<typeof set.spec>).template?.spec);
  const isAlike = wanted === undefined || imageOf(pod.spec) === wanted;
  if (revisionOf(pod) === set.status.updateRevision && isAlike) return undefined;
  const late = above.find((each) => !isPodReady(each) || each.metadata.deletionTimestamp !== undefined);
  return late && `${late.metadata.name} above it is not ready`;
}
