import type { Frozen, Node } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const prefix = "/registry/minions/";
/** Nodes are looked at every five seconds. */
const looksMs = 8_000;

/** So long after one node was given up, the next may be waited for. */
const paceMs = 15_000;
const backMs = 2_000;

/**
 * A node that has been shown as not ready for a while takes no more pods: it has the taint that says why. The only one of
 * several that is not ready keeps those that it has no longer than they bear it: it has the taint that drives off, too.
 */
export const lostNodesAreTainted: Invariant = {
  name: "nodes that are not ready are tainted",
  watch(world) {
    const unreadyMs = new Map<string, number>();
    /** Since when there have been no others that are not ready, and when all were not ready last. */
    let [aloneMs, allMs] = [0, Number.NEGATIVE_INFINITY];
    let isAllLost = false;
    /** When each node was last given up. */
    const givenUpMs = new Map<string, number>();
    /** Since when each of them has lacked a taint, and when it last had what it needs. */
    const [lackingMs, toldMs] = [new Map<string, number>(), new Map<string, number>()];

    const isOne = () => unreadyMs.size === 1;
    const isAll = () => unreadyMs.size > 0 && unreadyMs.size === world.list(prefix).length;

    function note(key: string, node: Frozen<Node> | undefined, atMs: number) {
      // Until now it was as it was before.
      const [wasOne, wasAll] = [isOne(), isAllLost];
      if (!node || isReady(node)) for (const each of [unreadyMs, lackingMs, toldMs]) each.delete(key);
      else if (!unreadyMs.has(key)) unreadyMs.set(key, atMs);
      isAllLost = isAll();
      if (!wasOne || !isOne()) aloneMs = atMs;
      if (wasAll || isAllLost) allMs = atMs;
      if (node && drivesOff(node)) givenUpMs.set(key, atMs);
    }

    /** Whether it has been the only one for a while, and no other was given up just before, and some other was ready. */
    function isAlone(sinceMs: number, atMs: number): boolean {
      const isOnly = isOne() && world.list(prefix).length > 1;
      // Also it itself: who was back only for a moment waits for its turn again.
      const isNext = [...givenUpMs.values()].some((at) => sinceMs - at < paceMs);
      return isOnly && !isNext && atMs - Math.max(sinceMs, aloneMs) >= looksMs && atMs - allMs >= looksMs + paceMs;
    }

    return {
      commit({ key, object, atMs }) {
        if (key.startsWith(prefix)) note(key, object as Frozen<Node> | undefined, atMs);
        for (const [lost, sinceMs] of unreadyMs) {
          if (atMs - sinceMs < looksMs) continue;
          const node = world.get<Node>(lost);
          const taints = node?.spec.taints ?? [];
          const isTold = ["not-ready", "unreachable"].some((why) =>
            taints.some((each) => each.key === `node.kubernetes.io/${why}` && each.effect === "NoSchedule"),
          );
          const isKept = node !== undefined && !drivesOff(node) && isAlone(sinceMs, atMs);
          if (isTold && !isKept) {
            lackingMs.delete(lost);
            toldMs.set(lost, atMs);
            continue;
          }
          // Whoever writes the list anew may take it away for a moment.
          const lackedMs = lackingMs.get(lost) ?? Math.max(sinceMs, toldMs.get(lost) ?? 0);
          lackingMs.set(lost, lackedMs);
          if (atMs - lackedMs < backMs) continue;
          if (isTroubled(world, { fromMs: sinceMs - looksMs, toMs: atMs }, (each) => isOfKubelet(each))) continue;
          const what = isTold ? "that drives off" : "that says so";
          return `${lost} has not been ready for ${atMs - sinceMs} ms, and has no taint ${what}`;
        }
        return undefined;
      },
    };
  },
};

const drivesOff = ({ spec }: Frozen<Node>) =>
  (spec.taints ?? []).some(({ key, effect }) => effect === "NoExecute" && key.startsWith("node.kubernetes.io/"));

function isReady({ status }: Frozen<Node>): boolean {
  return status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}
