import { getControllerOf } from "../../actors/api/owner_references.ts";
import { type Frozen, type KubeObject, keyOf, type Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { recent, remember, type Since } from "./_recent.ts";
import { isTroubled } from "./_trouble.ts";

interface Wish extends Since {
  readonly pods: number;
}

const windowMs = 60_000;
/** Crashes, lost answers and pods that somebody deletes cost a few pods more, and a node that is lost all it had. */
const timesMax = 4;
const moreMax = 20;

/**
 * No controller makes pods without bound, whatever becomes of those that it makes: in any minute one owner is given at
 * most some times as many pods as it asked for in that minute. Where pods fail as fast as they are made, or are deleted
 * as fast, the rule is broken within the minute. When an owner is deleted its pods go: a controller that hears of that
 * late, by a fault, makes others until it does.
 */
export const podsAreMadeWithinBounds: Invariant = {
  name: "no controller makes pods without bound",
  watch(world) {
    const wishes = new Map<string, Wish[]>();
    const made = new Map<string, number[]>();
    const deletedMs = new Map<string, number>();

    function judge(pod: Frozen<Pod>, atMs: number): string | undefined {
      const owner = getControllerOf(pod);
      if (!owner || isLate(owner.uid, atMs)) return undefined;
      const times = (made.get(owner.uid) ?? []).filter((each) => atMs - each < windowMs);
      times.push(atMs);
      made.set(owner.uid, times);
      const asked = recent(wishes.get(owner.uid) ?? [], atMs).reduce((sum, { pods }) => sum + pods, 0);
      const most = moreMax + timesMax * asked;
      if (times.length <= most) return undefined;
      const lastly = `"${keyOf(pod)}" is the last`;
      return `${owner.kind} ${owner.name} was given ${times.length} pods in a minute, where ${asked} were asked for: ${lastly}`;
    }

    function isLate(owner: string, atMs: number): boolean {
      const fromMs = deletedMs.get(owner);
      return fromMs !== undefined && isTroubled(world, { fromMs, toMs: atMs });
    }

    /** Each of its versions asks for a pod on every node. */
    function noteDaemons(set: Frozen<KubeObject>, previous: Frozen<KubeObject> | undefined, atMs: number) {
      const { uid = "", generation } = set.metadata;
      if (previous?.metadata.uid === uid && previous.metadata.generation === generation) return;
      remember(wishes, uid, { fromMs: atMs, pods: world.list("/registry/minions/").length });
    }

    return {
      commit({ object, key, previous, atMs }) {
        if (!object) return previous && void deletedMs.set(previous.metadata.uid ?? "", atMs);
        if (key.startsWith("/registry/pods/")) return previous ? undefined : judge(object as never, atMs);
        const isForNodes = key.startsWith("/registry/daemonsets/");
        if (isForNodes) return void noteDaemons(object, previous, atMs);
        const pods = podsAskedBy(object);
        const { uid = "" } = object.metadata;
        if (pods !== undefined && wishes.get(uid)?.at(-1)?.pods !== pods) remember(wishes, uid, { fromMs: atMs, pods });
        return undefined;
      },
    };
  },
};

/** How many pods an object asks for at a time, as ReplicaSets and their kin, or Jobs say it. */
function podsAskedBy(object: Frozen<KubeObject>): number | undefined {
  const { replicas, parallelism } = (object as { spec?: { replicas?: number; parallelism?: number } }).spec ?? {};
  return replicas ?? parallelism;
}
