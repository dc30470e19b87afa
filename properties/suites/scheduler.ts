import type { Suite } from "../engine/suite.ts";
import { schedulerPlaces, schedulerRuns } from "./scheduler/arbitrary.ts";
import { describeDeed, type SchedulerRun } from "./scheduler/run.ts";
import { smallerSchedulerRuns } from "./scheduler/smaller.ts";
import { performScheduler, schedulerRules } from "./scheduler/stage.ts";

/** Schedulers before a modelled API: where pods may go is worked out beside them, the long way round. */
export const scheduler: Suite<SchedulerRun> = {
  name: "scheduler",
  summary: "schedulers before a modelled API, held against a plain account of where pods may go",
  besides: 8,
  rules: Object.values(schedulerRules),
  runs: schedulerRuns,
  perform: performScheduler,
  places: () => schedulerPlaces,
  smaller: smallerSchedulerRuns,
  introduce: ({ schedulers, workload, lapses, faults, seed }) => [
    `${schedulers} schedulers before a modelled API; seed ${seed}`,
    `${workload.length} deeds: ${workload.map(describeDeed).join("; ")}`,
    `${lapses.length} lapses of watches and ${faults.length} faults planned`,
  ],
};
