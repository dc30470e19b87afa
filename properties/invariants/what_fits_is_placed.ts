import { isPodTerminated, podRequests } from "../../actors/api/pod.ts";
import { millisOf } from "../../actors/api/quantity.ts";
import type { Frozen, Node, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const [podsPrefix, nodesPrefix] = ["/registry/pods/", "/registry/minions/"];
/** Whoever has failed again and again is tried again after ten seconds. */
const placedMs = 13_000;

/**
 * A pod that asks for nothing special is bound soon when there is a node that has room for it all the time: whoever waits
 * is woken by what helps, not by looking around after minutes. Judged where nothing else is wrong.
 */
export const whatFitsIsPlaced: Invariant = {
  name: "pods that fit are bound soon",
  watch(world) {
    /** Since when there has been room for each pod that waits, by its key; undefined while there is none. */
    const fitsMs = new Map<string, number | undefined>();

    function look(atMs: number): string | undefined {
      for (const [key, sinceMs] of fitsMs) {
        const pod = world.get<Pod>(key);
        if (!pod || !isWaiting(pod)) fitsMs.delete(key);
        else if (!hasRoom(world, pod)) fitsMs.set(key, undefined);
        else if (sinceMs === undefined) fitsMs.set(key, atMs);
        else if (
          atMs - sinceMs >= placedMs &&
          !isTroubled(world, { fromMs: sinceMs - placedMs, toMs: atMs }, (each) => isOfKubelet(each))
        ) {
          return `${key} has waited for ${Math.round(atMs - sinceMs)} ms, and there is room for it`;
        }
      }
      return undefined;
    }

    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(podsPrefix) && object && !previous && isWaiting(object as Frozen<Pod>)) {
          if (isPlain(object as Frozen<Pod>)) fitsMs.set(key, undefined);
        }
        return fitsMs.size > 0 ? look(atMs) : undefined;
      },
    };
  },
};

const isWaiting = ({ metadata, spec }: Frozen<Pod>) => !spec.nodeName && metadata.deletionTimestamp === undefined;

/** Whether nothing decides about its place but the room that it takes. */
function isPlain({ spec }: Frozen<Pod>): boolean {
  const hasPorts = spec.containers.some(({ ports = [] }) => ports.some(({ hostPort }) => hostPort));
  const isChoosy = spec.affinity ?? spec.nodeSelector ?? spec.topologySpreadConstraints ?? spec.schedulingGates;
  const isBoundElsewhere = (spec.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim);
  return !hasPorts && isChoosy === undefined && !isBoundElsewhere;
}

function hasRoom(world: World, pod: Frozen<Pod>): boolean {
  const bound = world.list<Pod>(podsPrefix).filter((each) => each.spec.nodeName && !isPodTerminated(each));
  return world.list<Node>(nodesPrefix).some(({ metadata, spec, status }) => {
    const isReady = status.conditions?.some((each) => each.type === "Ready" && each.status === "True");
    if (!isReady || spec.unschedulable || (spec.taints ?? []).length > 0) return false;
    const here = bound.filter((each) => each.spec.nodeName === metadata.name);
    const free = millisOf(status.allocatable?.cpu) - here.reduce((sum, each) => sum + cpuOf(each), 0);
    return free >= cpuOf(pod) && here.length < Number(status.allocatable?.pods ?? 0);
  });
}

const cpuOf = ({ spec }: Frozen<Pod>) => podRequests(spec).get("cpu") ?? 0;
