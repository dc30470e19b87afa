import { assert, test } from "../../../../properties/house/test.ts";
import { createPlainLoop } from "../../../../properties/stages/controllers/plain_loop.ts";
import { type CronJob, cronJob as cronJobKind } from "../../../api/kinds/cron_job.ts";
import { type Job, job as jobKind } from "../../../api/kinds/job.ts";
import { formatTime } from "../../../api/time.ts";
import type { Frozen } from "../../../api/types.ts";
import { jobEnd } from "../../jobs/job_end.ts";
import { cronJob } from "../cron_job.ts";

const startMs = Date.UTC(2026, 0, 1);
const yearMs = 365 * 86_400_000;

/** Ends a Job well, at once. */
function completed(job: Frozen<Job>, nowMs: number): object {
  const at = formatTime(nowMs);
  const conditions = [{ type: "Complete", status: "True", lastTransitionTime: at }];
  return { ...job, status: { startTime: at, completionTime: at, conditions } };
}

/** Runs a CronJob for a year in which each Job ends at once; gives all times that Jobs were made for. */
function yearOf(spec: object) {
  const world = createPlainLoop(cronJob);
  const template = { spec: { template: { spec: { containers: [] } } } };
  const made: string[] = [];
  world.put({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "tick", namespace: "default", creationTimestamp: formatTime(startMs) },
    spec: { successfulJobsHistoryLimit: 3, jobTemplate: template, ...spec },
    status: {},
  });
  let [nowMs, turns] = [startMs, 0];
  while (nowMs < startMs + yearMs) {
    const plan = world.turn("default/tick", nowMs);
    turns++;
    for (const action of plan?.actions ?? []) if (action.op === "create") made.push(action.object.metadata.name);
    const running = world.all<Job>(jobKind).filter((each) => !jobEnd(each));
    for (const each of running) world.put(completed(each, nowMs));
    if (running.length === 0 && plan?.actions.length === 0) nowMs += plan.againAfterMs ?? yearMs;
  }
  const [{ status }] = world.all<CronJob>(cronJobKind) as [Frozen<CronJob>];
  return { made, turns, kept: world.all<Job>(jobKind).length, status };
}

test("cronJob makes each hour's Job of a year once, in a few turns each, and keeps three", () => {
  const { made, turns, kept, status } = yearOf({ schedule: "0 * * * *" });
  assert.equal(made.length, 365 * 24 - 1);
  assert.equal(new Set(made).size, made.length);
  assert.ok(turns <= 5 * made.length, String(turns));
  assert.equal(kept, 3);
  assert.deepEqual([status.active, status.lastScheduleTime], [undefined, "2026-12-31T23:00:00Z"]);
});

test("cronJob's year leaves out the hour that spring leaves out, and does twice the one that autumn has twice", () => {
  const timeZone = "Europe/Berlin";
  assert.equal(yearOf({ schedule: "30 1 * * *", timeZone }).made.length, 365);
  assert.equal(yearOf({ schedule: "30 2 * * *", timeZone }).made.length, 365);
  assert.equal(yearOf({ schedule: "30 2 1-15 * *", timeZone }).made.length, 12 * 15);
  assert.equal(yearOf({ schedule: "30 2 29 3 *", timeZone }).made.length, 0);
  assert.equal(yearOf({ schedule: "30 2 25 10 *", timeZone }).made.length, 2);
});
