import type * as subject from "../../actors/client/leader_election.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A candidate waits for less than the Lease it saw was to last. */
export const leasesTakenEarly: MutationOf<typeof subject> = {
  name: "leasesTakenEarly",
  patch: {
    module: "actors/client/leader_election.ts",
    name: "createLeaderElection",
    wrap: (sound) => (options) => {
      const { client, leaseMs = 15_000 } = options;
      const update: typeof client.update = (step, write, then) => {
        const { spec } = write.object as unknown as { spec: object };
        const object = { ...write.object, spec: { ...spec, leaseDurationSeconds: Math.ceil(leaseMs / 1_000) } };
        client.update(step, { ...write, object: object as never }, then);
      };
      return sound({ ...options, leaseMs: leaseMs / 2, client: Object.assign(Object.create(client), { update }) });
    },
  },
  found: {
    suite: "scheduler",
    properties: ["a Lease is taken only when it has run out"],
    campaignSeed: 7001,
    runsMax: 60,
    runsMean: 5,
  },
};
