import type * as subject from "../../actors/store/raft/configuration_change.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who joins the group has a vote at once. */
export const joinersVote: MutationOf<typeof subject> = {
  name: "joinersVote",
  patch: {
    module: "actors/store/raft/configuration_change.ts",
    name: "changed",
    wrap: (sound) => (configuration, change) => {
      const changes = change.changes.map((each) =>
        each.do === "addLearner" ? { ...each, do: "addVoter" as const } : each,
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
