import type { Suite } from "../engine/suite.ts";
import { storePlaces, storeRuns } from "./store/arbitrary.ts";
import { describeStoreCommand, type StoreRun } from "./store/run.ts";
import { smallerStoreRuns } from "./store/smaller.ts";
import { performStore, storeRules } from "./store/stage.ts";

/** Store replicas alone: a run costs a hundredth of what a whole cluster's does. */
export const store: Suite<StoreRun> = {
  name: "store",
  summary: "replicas of the store, with clients and watchers, and no cluster around them",
  besides: 8,
  rules: Object.values(storeRules),
  runs: storeRuns,
  perform: performStore,
  places: ({ stores }) => storePlaces(stores),
  smaller: smallerStoreRuns,
  introduce: ({ stores, spares, watchers, workload, faults, seed }) => [
    `A group of ${stores} store replicas, ${spares} more that may join, and ${watchers.length} watchers; seed ${seed}`,
    `${workload.length} commands: ${workload.map(describeStoreCommand).join("; ")}`,
    `${faults.length} faults planned`,
  ],
};
