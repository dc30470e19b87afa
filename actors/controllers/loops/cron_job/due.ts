import type { Schedule } from "../../../api/cron_schedule.ts";
import type { CronJob } from "../../../api/kinds/cron_job.ts";
import { parseTime } from "../../../api/time.ts";
import type { Frozen } from "../../../api/types.ts";

/** A clock may be a little behind; a turn that comes too early would find nothing to do. */
const lateMs = 100;
const missedMax = 100;

/** When a CronJob was to start a Job last. */
export interface Due {
  /** Undefined when it was to start none since the one before. */
  readonly atMs: number | undefined;
  /** By a rough count, more than a hundred starts were missed. */
  readonly tooMany: boolean;
  /** The schedule is one that never comes. */
  readonly error?: string;
}

/** What a CronJob's times are worked out from. */
export interface DueOptions {
  readonly schedule: Schedule;
  /** Starts before this are not made up for. */
  readonly sinceMs: number | undefined;
  readonly nowMs: number;
}

/** Works out which start is due: the last one that has passed; those before it are missed. */
export function dueStart(cronJob: Frozen<CronJob>, { schedule, sinceMs, nowMs }: DueOptions): Due {
  const { startingDeadlineSeconds } = cronJob.spec;
  const deadlineMs =
    startingDeadlineSeconds === undefined ? Number.NEGATIVE_INFINITY : nowMs - startingDeadlineSeconds * 1000;
  const fromMs = Math.max(earliestMs(cronJob), deadlineMs, sinceMs ?? Number.NEGATIVE_INFINITY);
  const first = schedule.nextMs(fromMs);
  const second = first === undefined ? undefined : schedule.nextMs(first);
  if (first === undefined || second === undefined) {
    return { atMs: undefined, tooMany: false, error: "time difference between two schedules is less than 1 second" };
  }
  if (nowMs < first) return { atMs: undefined, tooMany: false };
  if (nowMs < second) return { atMs: first, tooMany: false };
  const betweenMs = second - first;
  const missed = Math.floor((nowMs - first) / betweenMs) + 1;
  // Starts need not be evenly apart: from one interval before the last of even ones each is looked at.
  let atMs: number | undefined;
  let next = schedule.nextMs(first + (missed - 2) * betweenMs);
  for (; next !== undefined && next <= nowMs; next = schedule.nextMs(next)) atMs = next;
  return { atMs, tooMany: missed > missedMax };
}

/** How long until a CronJob is to be looked at for its next start; undefined when there is none. */
export function nextStartInMs(
  cronJob: Frozen<CronJob>,
  { schedule, nowMs }: Pick<DueOptions, "schedule" | "nowMs">,
): number | undefined {
  // Intervals count from the last start; everything else follows from the time of day alone.
  const { atMs } = dueStart({ ...cronJob, spec: withoutDeadline(cronJob) }, { schedule, nowMs, sinceMs: undefined });
  const early = earliestMs(cronJob);
  const first = schedule.nextMs(atMs ?? early);
  const next = first !== undefined && first > nowMs ? first : schedule.nextMs(nowMs);
  return next === undefined ? undefined : next + lateMs - nowMs;
}

function earliestMs({ metadata, status }: Frozen<CronJob>): number {
  return parseTime(status.lastScheduleTime ?? metadata.creationTimestamp ?? "") ?? 0;
}

function withoutDeadline({ spec }: Frozen<CronJob>): Frozen<CronJob>["spec"] {
  const { startingDeadlineSeconds: _deadline, ...rest } = spec;
  return rest;
}
