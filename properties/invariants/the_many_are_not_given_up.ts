import type { Frozen, Node } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isOfKubelet, isTroubled } from "./_trouble.ts";

const prefix = "/registry/minions/";
/** What is known of a node is known when the next one is judged. */
const knownMs = 500;
const quietMs = 16_000;
/** One node in ten seconds, of a zone. */
const pauseMs = 9_000;
const fewMax = 2;
const manyShare = 0.55;

/**
 * Where most nodes are not heard of, or all, it is more likely the network than they: none of them is given up; and else
 * one after the other, slowly.
 */
export const theManyAreNotGivenUp: Invariant = {
  name: "where most nodes are lost none is given up",
  watch(world) {
    const unreadyMs = new Map<string, number>();
    let lastMs = Number.NEGATIVE_INFINITY;
    return {
      commit({ key, object, previous, atMs }) {
        if (!key.startsWith(prefix)) return undefined;
        const node = object as Frozen<Node> | undefined;
        if (!node || !isUnknown(node)) unreadyMs.delete(key);
        else if (!unreadyMs.has(key)) unreadyMs.set(key, atMs);
        if (!node || !isGivenUp(node) || (previous && isGivenUp(previous as Frozen<Node>))) return undefined;
        const all = world.list<Node>(prefix).length;
        const lost = [...unreadyMs.values()].filter((sinceMs) => atMs - sinceMs > knownMs).length;
        const isMost = lost === all || (lost > fewMax && lost / all >= manyShare);
        const sinceMs = atMs - lastMs;
        lastMs = atMs;
        if (!isMost && sinceMs >= pauseMs) return undefined;
        if (isTroubled(world, { fromMs: atMs - quietMs, toMs: atMs }, (each) => isOfKubelet(each))) return undefined;
        return isMost
          ? `${key} was given up, when ${lost} of ${all} nodes were not heard of`
          : `${key} was given up ${Math.round(sinceMs)} ms after another one`;
      },
    };
  },
};

const isUnknown = ({ status }: Frozen<Node>) =>
  status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "Unknown") ?? false;

const isGivenUp = ({ spec }: Frozen<Node>) =>
  spec.taints?.some(({ key, effect }) => key === "node.kubernetes.io/unreachable" && effect === "NoExecute") ?? false;
