import type * as watches from "../../actors/store/watch/watches.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A replica now and then does not tell a watcher of a change. */
export const watchDropsEvent: MutationOf<typeof watches> = {
  name: "watchDropsEvent",
  patch: {
    module: "actors/store/watch/watches.ts",
    name: "eachConcerned",
    wrap: (sound) => (watches, event, visit) => {
      let isDropping = event.kv.modRevision % 50 === 0;
      sound(watches, event, (watch) => {
        if (!isDropping) visit(watch);
        isDropping = false;
      });
    },
  },
  bugs: ["etcd 17529"],
  found: {
    properties: [
      "the cluster converges after healing",
      "calm clusters converge soon",
      "every informer equals the store",
      "the API is linearizable",
    ],
    campaignSeed: 100,
    runsMax: 20,
    runsMean: 2,
  },
};
