import type * as subject from "../../actors/client/leader_election.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Who renews a Lease, or takes it, writes over whatever is there. */
export const renewsUnconditionally: MutationOf<typeof subject> = {
  name: "renewsUnconditionally",
  patch: {
    module: "actors/client/leader_election.ts",
    name: "createLeaderElection",
    wrap: (sound) => (options) => {
      const { client } = options;
      const update: typeof client.update = (step, write, then) => {
        const { resourceVersion: _version, ...metadata } = write.object.metadata;
        client.update(step, { ...write, object: { ...write.object, metadata } as never }, then);
      };
      return sound({ ...options, client: Object.assign(Object.create(client), { update }) });
    },
  },
  found: {
    suite: "scheduler",
    properties: ["a Lease is taken only when it has run out"],
    campaignSeed: 7001,
    runsMax: 390,
    runsMean: 39,
  },
};
