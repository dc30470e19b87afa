import type { Suite } from "../engine/suite.ts";
import { apiServerRuns } from "./apiserver/arbitrary.ts";
import { apiPlaces } from "./apiserver/faults.ts";
import { type ApiServerRun, describeApiCommand } from "./apiserver/run.ts";
import { smallerApiServerRuns } from "./apiserver/smaller.ts";
import { apiServerRules, beginMs, performApiServer } from "./apiserver/stage.ts";

/** API servers alone, with clients who do all that there is to do: a run costs a tenth of what a whole cluster's does. */
export const apiserver: Suite<ApiServerRun> = {
  name: "apiserver",
  summary: "API servers over a store, with clients who do all that there is to do, and no cluster around them",
  besides: 3,
  rules: Object.values(apiServerRules),
  runs: apiServerRuns,
  perform: performApiServer,
  // What disks bear is for the store's own runs.
  places: (run) => ({ ...apiPlaces(run), disks: [] }),
  faultsFromMs: beginMs,
  smaller: smallerApiServerRuns,
  introduce: ({ servers, stores, clients, workload, faults, seed }) => [
    `${servers} API servers over ${stores} store replicas, and ${clients} clients; seed ${seed}`,
    `${workload.length} commands: ${workload.map(describeApiCommand).join("; ")}`,
    `${faults.length} faults planned`,
  ],
};
