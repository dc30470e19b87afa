import { getCondition } from "../../actors/api/conditions.ts";
import type { Frozen, Node } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isTroubled } from "./_trouble.ts";

const prefix = "/registry/minions/";
/** Longer than any node is waited for. */
const quietMs = 70_000;

/** Where nothing is wrong no node is held for lost: each of them is heard of. */
export const theHeardOfAreNotLost: Invariant = {
  name: "nodes that are heard of are not held for lost",
  watch: (world) => ({
    commit({ key, object, previous, atMs }) {
      if (!key.startsWith(prefix) || !object || !previous || world.definition.topology.clouds) return undefined;
      const [is, was] = [object, previous].map((each) => readyOf(each as Frozen<Node>));
      if (is !== "Unknown" || was === "Unknown") return undefined;
      if (isTroubled(world, { fromMs: atMs - quietMs, toMs: atMs })) return undefined;
      return `${key} was ${was} before and is held for lost, where nothing is wrong`;
    },
  }),
};

const readyOf = ({ status }: Frozen<Node>) => getCondition(status.conditions, "Ready")?.status;
