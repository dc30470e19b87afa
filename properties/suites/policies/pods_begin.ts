import type { Pod } from "../../../actors/api/types.ts";
import type { ComputerData } from "../../../actors/computer/data.ts";
import { nodePlaces } from "../../../scenarios/cluster/topology.ts";
import type { Invariant } from "../../engine/invariant.ts";

/** At rest every pod has begun: nobody waits for ever for what would be said of it. */
export const podsBegin: Invariant = {
  name: "pods begin",
  watch: (world) => ({
    end() {
      const computers = nodePlaces(world.definition.topology).map(({ name }) => `computer/${name}`);
      const there = computers.map((each) => world.simulation.dataOf(each) as ComputerData | undefined);
      const waits = there.flatMap((data) => data?.beginnings ?? []).map(({ pod }) => pod.name);
      if (waits.length > 0) return `${waits.join()} still waits for what policies say of it`;
      const pod = world
        .list<Pod>("/registry/pods/")
        .find(({ metadata }) => !there.some((data) => data?.sandboxes.hasPod(metadata.uid ?? "")));
      return pod && `${pod.metadata.name} has no sandbox`;
    },
  }),
};
