import type * as subject from "../../actors/client/leader_election.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A leader that cannot renew its Lease leads on when that has run out. */
export const leadersHoldOn: MutationOf<typeof subject> = {
  name: "leadersHoldOn",
  patch: {
    module: "actors/client/leader_election.ts",
    name: "createLeaderElection",
    wrap: (sound) => (options) => {
      const { leaseMs = 15_000, renewDeadlineMs = 10_000 } = options;
      return sound({ ...options, renewDeadlineMs: renewDeadlineMs + 2 * leaseMs });
    },
  },
  found: {
    suite: "scheduler",
    properties: ["one leads at a time"],
    campaignSeed: 7001,
    runsMax: 380,
    runsMean: 38,
  },
};
