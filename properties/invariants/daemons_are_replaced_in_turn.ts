import type { DaemonSet } from "../../actors/api/kinds/daemon_set.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodReady } from "../../actors/api/pod.ts";
import type { Frozen, Node, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import type { Command } from "../workload/command.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
/** Who decides knows of what is older. */
const knownMs = 2_000;
const quietMs = 6_000;
const others: ReadonlySet<Command["op"]> = new Set(["killPods", "deleteNode", "taint"] as const);

/**
 * A DaemonSet's update takes a daemon that serves away only where enough others serve: as maxUnavailable says, and all
 * of them where new ones are made beside the old ones. Judged where nothing else is wrong.
 */
export const daemonsAreReplacedInTurn: Invariant = {
  name: "daemons are replaced one after the other",
  watch(world) {
    const readyMs = new Map<string, number>();
    const unreadyMs = new Map<string, number>();

    function note({ metadata: { uid = "" } }: Frozen<Pod>, isReady: boolean, atMs: number) {
      if (!isReady) readyMs.delete(uid);
      else if (!readyMs.has(uid)) readyMs.set(uid, atMs);
      if (isReady) unreadyMs.set(uid, atMs);
    }

    /** The nodes of the set that have a daemon which serves, or did a moment ago. */
    function servedBut(victim: Frozen<Pod>, owner: string, nowMs: number): ReadonlySet<string | undefined> {
      const serving = world
        .list<Pod>(podsPrefix)
        .filter((pod) => getControllerOf(pod)?.uid === owner && pod.metadata.uid !== victim.metadata.uid)
        .filter((pod) => serves(pod) || nowMs - (unreadyMs.get(pod.metadata.uid ?? "") ?? 0) < knownMs);
      return new Set(serving.map(({ spec }) => spec.nodeName));
    }

    return {
      commit({ key, object, previous, atMs }) {
        if (!key.startsWith(podsPrefix)) return undefined;
        const [pod, old] = [object as Frozen<Pod> | undefined, previous as Frozen<Pod> | undefined];
        const sinceMs = readyMs.get(old?.metadata.uid ?? "") ?? atMs;
        if (old && serves(old)) unreadyMs.set(old.metadata.uid ?? "", atMs);
        if (pod) note(pod, serves(pod), atMs);
        if (!old || !serves(old) || atMs - sinceMs < knownMs) return undefined;
        if (pod && pod.metadata.deletionTimestamp === undefined) return undefined;
        const owner = getControllerOf(old);
        const set = owner?.kind === "DaemonSet" ? setOf(world, old, owner) : undefined;
        if (!owner || !set || isDisturbed(world, owner.name, atMs)) return undefined;
        const { maxSurge = 0, maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
        const isSurging = Number.parseInt(String(maxSurge), 10) > 0;
        const missing = world.list<Node>("/registry/minions/").length - servedBut(old, owner.uid, atMs).size;
        const allowed = isSurging ? 0 : Number(maxUnavailable);
        if (missing <= allowed || Number.isNaN(allowed)) return undefined;
        return `${key} was taken away, which leaves ${missing} nodes without, and DaemonSet ${owner.name} allows ${allowed}`;
      },
    };
  },
};

const serves = (pod: Frozen<Pod>) => pod.metadata.deletionTimestamp === undefined && isPodReady(pod);

function setOf(world: World, { metadata }: Frozen<Pod>, { name, uid }: { name: string; uid: string }) {
  const set = world.get<DaemonSet>(`/registry/daemonsets/${metadata.namespace}/${name}`);
  return set?.metadata.uid === uid && set.metadata.deletionTimestamp === undefined ? set : undefined;
}

/** Others than the set take daemons away, too. */
function isDisturbed(world: World, set: string, nowMs: number): boolean {
  const { workload, topology } = world.definition;
  const isUser = workload.some(({ op, name, atMs }) => {
    return others.has(op) && (op !== "killPods" || name === set) && Math.abs(nowMs - atMs) < quietMs;
  });
  return (
    isUser ||
    topology.clouds !== undefined ||
    isTroubled(world, { fromMs: nowMs - 2 * quietMs, toMs: nowMs }, (each) => isOfKubelet(each))
  );
}
