import type * as subject from "../../actors/store/raft/configuration_change.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who is removed from the group stays in it as a learner. */
export const theRemovedLearn: MutationOf<typeof subject> = {
  name: "theRemovedLearn",
  patch: {
    module: "actors/store/raft/configuration_change.ts",
    name: "changed",
    wrap: (sound) => (configuration, change) => {
      const changes = change.changes.map((each) =>
        each.do === "remove" ? { ...each, do: "addLearner" as const } : each,
      );
      return sound(configuration, { ...change, changes });
    },
  },
  found: {
    suite: "store",
    properties: ["the group is who was let in"],
    campaignSeed: 71,
    runsMax: 60,
    runsMean: 6,
  },
};
