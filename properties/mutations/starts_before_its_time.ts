import type * as subject from "../../actors/controllers/loops/cron_job/due.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** A CronJob starts its Job some seconds before the time that its schedule says. */
export const startsBeforeItsTime: MutationOf<typeof subject> = {
  name: "startsBeforeItsTime",
  patch: {
    module: "actors/controllers/loops/cron_job/due.ts",
    name: "dueStart",
    wrap: (sound) => (cronJob, options) => sound(cronJob, { ...options, nowMs: options.nowMs + 5_000 }),
  },
  found: {
    suite: "controllers",
    properties: ["schedules start one Job"],
    campaignSeed: 23,
    runsMax: 100,
    runsMean: 7,
  },
};
