import type * as subject from "../../actors/controllers/loops/cron_job/due.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A CronJob that gets another schedule starts what that would have started before. */
export const missedStartsMadeUp: MutationOf<typeof subject> = {
  name: "missedStartsMadeUp",
  patch: {
    module: "actors/controllers/loops/cron_job/due.ts",
    name: "dueStart",
    wrap: (sound) => (cronJob, options) => sound(cronJob, { ...options, sinceMs: undefined }),
  },
  found: {
    suite: "controllers",
    properties: ["schedules keep their policy"],
    campaignSeed: 1,
    runsMax: 560,
    runsMean: 93,
  },
};
