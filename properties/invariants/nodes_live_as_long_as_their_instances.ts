import type { Frozen, Node } from "../../actors/api/types.ts";
import { rentedIn } from "../engine/clouds_of_run.ts";
import type { Invariant } from "../engine/invariant.ts";

/** No node is deleted whose computer still runs; where a provider tells what was before, nobody can know. */
export const nodesLiveAsLongAsTheirInstances: Invariant = {
  name: "no node is deleted whose instance lives",
  watch: (world) => {
    const isLiedTo = world.definition.faults.some(({ kind }) => kind === "stale");
    return {
      commit({ key, object, previous }) {
        if (object || !previous || isLiedTo || !key.startsWith("/registry/minions/")) return undefined;
        const id = (previous as Frozen<Node>).spec.providerID;
        const living = id === undefined ? undefined : rentedIn(world).running.get(id);
        return living && `${previous.metadata.name} was deleted, and its instance ${id} runs`;
      },
    };
  },
};
