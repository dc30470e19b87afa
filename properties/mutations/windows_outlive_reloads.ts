import type * as subject from "../../actors/apiserver/cache/window.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What a server remembers of changes outlives that it reads everything anew: later events are told where those between are missing. */
export const windowsOutliveReloads: MutationOf<typeof subject> = {
  name: "windowsOutliveReloads",
  patch: {
    module: "actors/apiserver/cache/window.ts",
    name: "resetWindow",
    wrap: (sound) => (window, revision) => {
      if (window.forgotten === 0) sound(window, revision);
    },
  },
  found: {
    suite: "apiserver",
    properties: ["clients see the history"],
    campaignSeed: 71,
    runsMax: 600,
    runsMean: 99,
  },
};
