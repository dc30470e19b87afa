import type * as subject from "../../actors/controllers/loops/cron_job/children.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A CronJob forgets the Job that goes on for longest. */
export const runningForgotten: MutationOf<typeof subject> = {
  name: "runningForgotten",
  patch: {
    module: "actors/controllers/loops/cron_job/children.ts",
    name: "childrenOf",
    wrap: (sound) => (cronJob, listers) => {
      const children = sound(cronJob, listers);
      return { ...children, active: children.active.slice(1) };
    },
  },
  found: {
    suite: "controllers",
    properties: ["schedules keep their policy"],
    campaignSeed: 3097,
    runsMax: 560,
    runsMean: 70,
  },
};
