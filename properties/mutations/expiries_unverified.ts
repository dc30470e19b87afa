import type * as subject from "../../actors/controllers/loops/ttl_after_finished.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A Job whose time is up is deleted though it has been told to stay meanwhile. */
export const expiriesUnverified: MutationOf<typeof subject> = {
  name: "expiriesUnverified",
  patch: {
    module: "actors/controllers/loops/ttl_after_finished.ts",
    name: "ttlAfterFinished",
    wrap: (sound) => ({
      ...sound,
      reconcile: (...all) => {
        const plan = sound.reconcile(...all);
        return (
          plan && {
            ...plan,
            actions: plan.actions.map((each) => {
              if (each.op !== "delete") return each;
              const { resourceVersion: _any, ...rest } = each;
              return rest;
            }),
          }
        );
      },
    }),
  },
  found: {
    suite: "controllers",
    properties: ["finished Jobs live their time"],
    campaignSeed: 1,
    runsMax: 60,
    runsMean: 10,
  },
};
