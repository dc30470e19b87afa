import type { ReplicationController } from "../../actors/api/kinds/replication_controller.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodReady, isPodTerminated } from "../../actors/api/pod.ts";
import type { Frozen, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import type { Command } from "../workload/command.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
/** Who decides knows of what is older. */
const knownMs = 1_500;
/** What is given up in one go is deleted within this time. */
const goMs = 1_500;
/** Others than controllers delete pods, too: what users ask for is done within this time. */
const userMs = 3_000;
const deleting: ReadonlySet<Command["op"]> = new Set([
  ...(["delete", "killPods", "deletePod", "deleteNode", "evictPods", "drop", "taint", "create"] as const),
]);

/** Of these, the ones that are about pods of one application. */
const byName: ReadonlySet<Command["op"]> = new Set(["delete", "killPods", "evictPods", "drop"] as const);

interface Given {
  readonly victim: string;
  readonly atMs: number;
  /** Keys and uids of pods that should have gone before it. */
  readonly before: readonly (readonly [key: string, uid: string])[];
}

/** Of the pods of a set that is too large those go first that are not ready: nothing that serves is given up for them. */
export const theUnreadyGoFirst: Invariant = {
  name: "the unready go first",
  watch(world) {
    /** When each pod became ready or unready, by its uid. */
    const since = new Map<string, number>();
    let given: Given[] = [];

    function judge(nowMs: number): string | undefined {
      const due = given.filter(({ atMs }) => nowMs - atMs > goMs);
      given = given.filter(({ atMs }) => nowMs - atMs <= goMs);
      for (const { victim, before } of due) {
        const kept = before.find(([key, uid]) => {
          const pod = world.get<Pod>(key);
          return pod?.metadata.uid === uid && pod.metadata.deletionTimestamp === undefined && !isPodReady(pod);
        });
        if (kept) return `${victim}, which was ready, was given up, and ${kept[0].slice(podsPrefix.length)} was not`;
      }
      return undefined;
    }

    return {
      commit({ key, object, previous, atMs }) {
        const late = judge(atMs);
        if (late || !key.startsWith(podsPrefix)) return late;
        const [pod, old] = [object as Frozen<Pod> | undefined, previous as Frozen<Pod> | undefined];
        if (pod && (!old || isPodReady(old) !== isPodReady(pod))) since.set(pod.metadata.uid ?? "", atMs);
        if (!old || old.metadata.deletionTimestamp !== undefined || !isPodReady(old)) return undefined;
        if (pod && pod.metadata.deletionTimestamp === undefined) return undefined;
        if (atMs - (since.get(old.metadata.uid ?? "") ?? atMs) < knownMs || !isGivenUp(world, old, atMs))
          return undefined;
        const before = siblingsOf(world, old)
          .filter((each) => atMs - (since.get(each.metadata.uid ?? "") ?? atMs) > knownMs && isSpare(each))
          .map(({ metadata }) => [`${podsPrefix}${metadata.namespace}/${metadata.name}`, metadata.uid ?? ""] as const);
        if (before.length > 0) given.push({ victim: key.slice(podsPrefix.length), atMs, before });
        return undefined;
      },
    };
  },
};

/** Whether its own set has it go, as it is too large, and nobody else is about. */
function isGivenUp(world: World, pod: Frozen<Pod>, nowMs: number): boolean {
  const owner = getControllerOf(pod);
  if (owner?.kind !== "ReplicaSet" && owner?.kind !== "ReplicationController") return false;
  const folder = owner.kind === "ReplicaSet" ? "replicasets" : "controllers";
  const set = world.get<ReplicationController>(`/registry/${folder}/${pod.metadata.namespace}/${owner.name}`);
  if (set?.metadata.uid !== owner.uid || set.metadata.deletionTimestamp !== undefined) return false;
  const { workload } = world.definition;
  const isUser = workload.some((each) => concerns(each, pod) && Math.abs(nowMs - each.atMs) < userMs);
  if (isUser || isTroubled(world, { fromMs: nowMs - 2 * userMs, toMs: nowMs + goMs }, (each) => isOfKubelet(each)))
    return false;
  return siblingsOf(world, pod).length >= (set.spec.replicas ?? 1);
}

/** Whether a user may have it deleted by that: it is one of those that are named, or stands in for another. */
function concerns(command: Command, { metadata }: Frozen<Pod>): boolean {
  const { op, name } = command;
  if (op === "drop" && command.kind === "Namespace") return metadata.namespace === name;
  return deleting.has(op) && (!byName.has(op) || metadata.labels?.app === name);
}

/** The others of its set that are not on their way out. */
function siblingsOf(world: World, { metadata }: Frozen<Pod>): readonly Frozen<Pod>[] {
  const owner = getControllerOf({ metadata } as Frozen<Pod>)?.uid;
  return world
    .list<Pod>(podsPrefix)
    .filter((each) => getControllerOf(each)?.uid === owner && each.metadata.uid !== metadata.uid)
    .filter((each) => each.metadata.deletionTimestamp === undefined && !isPodTerminated(each));
}

const isSpare = (pod: Frozen<Pod>) => !isPodReady(pod);
