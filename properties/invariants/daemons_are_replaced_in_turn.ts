import type { DaemonSet } from "../../actors/api/kinds/daemon_set.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { isPodReady } from "../../actors/api/pod.ts";
import type { Frozen, Node, Pod } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { driverAddress } from "../engine/run_specs.ts";
import type { World } from "../engine/world.ts";
import type { Command } from "../workload/command.ts";
import type { DriverData } from "../workload/driver.ts";
import { isTroubled } from "./_trouble.ts";

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
    /** When each served last. */
    const servedMs = new Map<string, number>();
    /** Those that were taken away while they served. */
    const taken = new Set<string>();

    function note({ metadata: { uid = "" } }: Frozen<Pod>, isReady: boolean, atMs: number) {
      if (!isReady) readyMs.delete(uid);
      else if (!readyMs.has(uid)) readyMs.set(uid, atMs);
      if (isReady) servedMs.set(uid, atMs);
    }

    /** Whether a node is not without: by a daemon that serves, or did a moment ago, or an old one that never counted. */
    function isSupplied(pods: readonly Frozen<Pod>[], image: string | undefined, nowMs: number): boolean {
      return pods.some((pod) => {
        const { uid = "", deletionTimestamp } = pod.metadata;
        const isLately = nowMs - (servedMs.get(uid) ?? Number.NEGATIVE_INFINITY) < knownMs;
        if (serves(pod) || (isLately && deletionTimestamp === undefined)) return true;
        return pod.spec.containers[0]?.image !== image && !taken.has(uid);
      });
    }

    function missingWithout(victim: Frozen<Pod>, set: Frozen<DaemonSet>, nowMs: number): number {
      const own = world
        .list<Pod>(podsPrefix)
        .filter((pod) => getControllerOf(pod)?.uid === set.metadata.uid && pod.metadata.uid !== victim.metadata.uid);
      const { template } = set.spec as Partial<typeof set.spec>;
      const image = template?.spec?.containers[0]?.image;
      return world.list<Node>("/registry/minions/").filter(
        ({ metadata }) =>
          !isSupplied(
            own.filter(({ spec }) => spec.nodeName === metadata.name),
            image,
            nowMs,
          ),
      ).length;
    }

    return {
      commit({ key, object, previous, atMs }) {
        if (!key.startsWith(podsPrefix)) return undefined;
        const [pod, old] = [object as Frozen<Pod> | undefined, previous as Frozen<Pod> | undefined];
        const sinceMs = readyMs.get(old?.metadata.uid ?? "") ?? atMs;
        if (old && serves(old)) servedMs.set(old.metadata.uid ?? "", atMs);
        if (pod) note(pod, serves(pod), atMs);
        if (!old || !serves(old) || atMs - sinceMs < knownMs) return undefined;
        if (pod && pod.metadata.deletionTimestamp === undefined) return undefined;
        taken.add(old.metadata.uid ?? "");
        const owner = getControllerOf(old);
        const set = owner?.kind === "DaemonSet" ? setOf(world, old, owner) : undefined;
        if (!owner || !set || isDisturbed(world, owner.name, atMs)) return undefined;
        const { maxSurge = 0, maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
        const isSurging = Number.parseInt(String(maxSurge), 10) > 0;
        const missing = missingWithout(old, set, atMs);
        const nodes = world.list<Node>("/registry/minions/").length;
        const allowed = isSurging ? 0 : shareOf(maxUnavailable, nodes);
        if (missing <= allowed) return undefined;
        return `${key} was taken away, which leaves ${missing} nodes without, and DaemonSet ${owner.name} allows ${allowed}`;
      },
    };
  },
};

/** Part of a node is a node. */
function shareOf(value: number | string, nodes: number): number {
  return typeof value === "number" ? value : Math.ceil((Number.parseInt(value, 10) * nodes) / 100);
}

const serves = (pod: Frozen<Pod>) => pod.metadata.deletionTimestamp === undefined && isPodReady(pod);

function setOf(world: World, { metadata }: Frozen<Pod>, { name, uid }: { name: string; uid: string }) {
  const set = world.get<DaemonSet>(`/registry/daemonsets/${metadata.namespace}/${name}`);
  return set?.metadata.uid === uid && set.metadata.deletionTimestamp === undefined ? set : undefined;
}

/** Others than the set take daemons away, too. */
function isDisturbed(world: World, set: string, nowMs: number): boolean {
  const { workload, topology } = world.definition;
  const user = world.simulation.dataOf(driverAddress) as DriverData | undefined;
  const acknowledged = user?.acknowledged ?? workload.length;
  const isUser = workload.some(({ op, name, atMs }, index) => {
    // What its user has to wait for may be done long after its time.
    const isNear = Math.abs(nowMs - atMs) < quietMs || (nowMs > atMs && index >= acknowledged);
    return others.has(op) && (op !== "killPods" || name === set) && isNear;
  });
  return isUser || topology.clouds !== undefined || isTroubled(world, { fromMs: nowMs - 2 * quietMs, toMs: nowMs });
}
