import type * as subject from "../../actors/controllers/loops/resource_quota.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** What a quota says is used is never lowered. */
export const quotasNotRecounted: MutationOf<typeof subject> = {
  name: "quotasNotRecounted",
  patch: {
    module: "actors/controllers/loops/resource_quota.ts",
    name: "resourceQuota",
    wrap: (sound) => ({
      ...sound,
      watches: sound.watches.map((each) => ({
        ...each,
        keys: (change, context) => (change.type === "deleted" ? [] : (each.keys?.(change, context) ?? [])),
      })),
      ...(sound.derived && { derived: { ...sound.derived, watchesOf: () => [] } }),
    }),
  },
  found: {
    properties: ["the cluster converges after healing", "calm clusters converge soon"],
    campaignSeed: 1035,
    runsMax: 220,
    runsMean: 36,
  },
};
