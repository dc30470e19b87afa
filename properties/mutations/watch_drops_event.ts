import type { Mutation } from "../engine/mutation.ts";

/** A replica now and then does not tell a watcher of a change (etcd 17529). */
export const watchDropsEvent: Mutation = {
  name: "watchDropsEvent",
  defects: { store: ["watchDropsEvent"] },
  properties: ["the cluster converges after healing", "every informer equals the store", "the API is linearizable"],
  campaignSeed: 100,
  runsMax: 20,
  runsMean: 2,
};
