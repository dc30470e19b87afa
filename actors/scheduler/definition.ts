import { defineActor } from "../../runtime/mod.ts";
import { type SchedulerData, schedulerMachine } from "./machine.ts";
import type { SchedulerInput } from "./messages.ts";

/** The scheduler: gives each pod a node, and does nothing else to it. */
export const scheduler = defineActor<SchedulerInput>({
  kind: "scheduler",
  module: import.meta.url,
  machine: schedulerMachine,
  digest: ({ core, executor, election }: SchedulerData) => {
    const { active, backoff, errorBackoff, unschedulable, gated, inFlight } = core.queue.sizes();
    const waiting = [active, backoff, errorBackoff, unschedulable, gated, inFlight].join(",");
    return `${election.leading()},${waiting},${executor.underWay}`;
  },
});
