import type * as subject from "../../actors/controllers/loops/cron_job/history.ts";
import type { MutationOf } from "../engine/mutation.ts";

/** Of Jobs that are over the newest go first. */
export const newestForgotten: MutationOf<typeof subject> = {
  name: "newestForgotten",
  patch: {
    module: "actors/controllers/loops/cron_job/history.ts",
    name: "forgottenJobs",
    wrap: (sound) => (cronJob, jobs) => {
      const startOf = ({ status }: (typeof jobs)[number]) => status.startTime ?? "";
      const ended = jobs.filter(({ status }) => status.completionTime !== undefined);
      const newestFirst = ended.toSorted((a, b) => (startOf(a) < startOf(b) ? 1 : -1));
      return newestFirst.slice(0, sound(cronJob, jobs).length);
    },
  },
  found: {
    suite: "controllers",
    properties: ["schedules keep their policy"],
    campaignSeed: 3011,
    runsMax: 304,
    runsMean: 38,
  },
};
