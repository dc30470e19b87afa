import type { Frozen, Node } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const prefix = "/registry/minions/";
/** Nodes are looked at every five seconds. */
const looksMs = 8_000;

/** A node that has been shown as not ready for a while takes no more pods: it has the taint that says why. */
export const lostNodesAreTainted: Invariant = {
  name: "nodes that are not ready are tainted",
  watch(world) {
    const unreadyMs = new Map<string, number>();

    function note(key: string, node: Frozen<Node> | undefined, atMs: number) {
      if (!node || isReady(node)) unreadyMs.delete(key);
      else if (!unreadyMs.has(key)) unreadyMs.set(key, atMs);
    }

    return {
      commit({ key, object, atMs }) {
        if (key.startsWith(prefix)) note(key, object as Frozen<Node> | undefined, atMs);
        for (const [lost, sinceMs] of unreadyMs) {
          if (atMs - sinceMs < looksMs) continue;
          const taints = world.get<Node>(lost)?.spec.taints ?? [];
          const isTold = ["not-ready", "unreachable"].some((why) =>
            taints.some((each) => each.key === `node.kubernetes.io/${why}` && each.effect === "NoSchedule"),
          );
          if (isTold || isTroubled(world, { fromMs: sinceMs - looksMs, toMs: atMs }, (each) => isOfKubelet(each)))
            continue;
          return `${lost} has not been ready for ${atMs - sinceMs} ms, and has no taint that says so`;
        }
        return undefined;
      },
    };
  },
};

function isReady({ status }: Frozen<Node>): boolean {
  return status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}
