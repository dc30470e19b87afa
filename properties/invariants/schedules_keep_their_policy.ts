import { getCondition } from "../../actors/api/conditions.ts";
import { parseSchedule } from "../../actors/api/cron_schedule.ts";
import type { CronJob } from "../../actors/api/kinds/cron_job.ts";
import type { Job } from "../../actors/api/kinds/job.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { parseTime } from "../../actors/api/time.ts";
import type { Frozen } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { isTroubled } from "./_trouble.ts";

const [jobsPrefix, cronJobsPrefix] = ["/registry/jobs/", "/registry/cronjobs/"];
const minuteMs = 60_000;
/** What is older is known to who decides, where nothing is wrong. */
const knownMs = 2_000;
const quietMs = 10_000;

type Outcome = "Complete" | "Failed";
const outcomes: readonly Outcome[] = ["Complete", "Failed"];

/**
 * Where nothing else is wrong a CronJob starts nothing while it waits, nor later than it may, and only for the last time
 * that has come; beside another Job that goes on only as its policy says; and of Jobs that are over the oldest go first,
 * and as many of each outcome stay as it keeps. When it is told to wait it has started what was due.
 */
export const schedulesKeepTheirPolicy: Invariant = {
  name: "schedules keep their policy",
  watch(world) {
    if (world.definition.faults.some(({ kind }) => kind === "clockSkew")) return {};
    const sinceMs = new Map<string, number>();
    const waitsSinceMs = new Map<string, number>();
    /** Since when each may start something, by its uid. */
    const goesSinceMs = new Map<string, number>();
    /** Since when each has the schedule that it has, where it had another before, by its uid. */
    const scheduledMs = new Map<string, number>();
    /** How far the time of day is ahead of that of the run, as told by what is made: to a second. */
    let aheadMs = 0;

    function wrongStart(job: Frozen<Job>, cronJob: Frozen<CronJob>, atMs: number): string | undefined {
      const { suspend, startingDeadlineSeconds, schedule, timeZone, concurrencyPolicy } = cronJob.spec;
      const waitsMs = atMs - (waitsSinceMs.get(cronJob.metadata.uid ?? "") ?? atMs);
      if (suspend && waitsMs > knownMs) return `while it waits for ${Math.round(waitsMs)} ms`;
      const dueMs = Number(job.metadata.name.slice(cronJob.metadata.name.length + 1)) * minuteMs;
      const madeMs = parseTime(job.metadata.creationTimestamp ?? "") ?? 0;
      const lateMs = madeMs - dueMs;
      if (startingDeadlineSeconds !== undefined && lateMs > startingDeadlineSeconds * 1_000 + knownMs)
        return `${lateMs} ms late, where it may be ${startingDeadlineSeconds} s`;
      const scheduledAtMs = scheduledMs.get(cronJob.metadata.uid ?? "") ?? Number.NEGATIVE_INFINITY;
      if (dueMs - aheadMs < scheduledAtMs - knownMs)
        return `for ${dueMs}, and has that schedule since ${Math.round(scheduledAtMs + aheadMs)}`;
      const next = parseSchedule(schedule, timeZone)?.nextMs(dueMs);
      if (next !== undefined && next + knownMs < madeMs) return `for ${dueMs}, and ${next} has come`;
      const other = jobsOf(world, cronJob).find((each) => {
        const forMs = atMs - (sinceMs.get(each.metadata.uid ?? "") ?? atMs);
        return each.metadata.uid !== job.metadata.uid && goesOn(each) && forMs > knownMs;
      });
      return other && concurrencyPolicy !== "Allow"
        ? `beside ${other.metadata.name}, and its policy is ${concurrencyPolicy}`
        : undefined;
    }

    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(cronJobsPrefix)) {
          const { metadata, spec } = (object ?? previous) as Frozen<CronJob>;
          const uid = metadata.uid ?? "";
          const before = (previous as Frozen<CronJob> | undefined)?.spec.schedule;
          if (object && before !== undefined && before !== spec.schedule) scheduledMs.set(uid, atMs);
          if (object && !previous) aheadMs = (parseTime(metadata.creationTimestamp ?? "") ?? 0) - atMs;
          const sinceGoesMs = goesSinceMs.get(uid);
          if (object && !spec.suspend) goesSinceMs.set(uid, sinceGoesMs ?? atMs);
          else goesSinceMs.delete(uid);
          if (!object || !spec.suspend) waitsSinceMs.delete(uid);
          else if (!waitsSinceMs.has(uid)) waitsSinceMs.set(uid, atMs);
          if (!object || !spec.suspend || sinceGoesMs === undefined || atMs - sinceGoesMs < quietMs) return undefined;
          const times = { fromMs: sinceGoesMs + aheadMs, nowMs: atMs + aheadMs };
          const missed = missedBy(previous as Frozen<CronJob>, times);
          const isQuiet = !isTroubled(world, { fromMs: sinceGoesMs - quietMs, toMs: atMs });
          return missed !== undefined && isQuiet ? `${key} has not started what was due at ${missed}` : undefined;
        }
        if (!key.startsWith(jobsPrefix)) return undefined;
        const job = (object ?? previous) as unknown as Frozen<Job>;
        const owner = getControllerOf(job);
        const cronJob = world.get<CronJob>(`${cronJobsPrefix}${job.metadata.namespace}/${owner?.name}`);
        const isOwn = cronJob?.metadata.uid === owner?.uid && cronJob?.metadata.deletionTimestamp === undefined;
        if (owner?.kind !== "CronJob" || !cronJob || !isOwn) return undefined;
        if (object && !previous) sinceMs.set(job.metadata.uid ?? "", atMs);
        if (isTroubled(world, { fromMs: atMs - quietMs, toMs: atMs })) return undefined;
        if (object && !previous) {
          const wrong = wrongStart(job, cronJob, atMs);
          return wrong && `${key} was started ${wrong}`;
        }
        const goes = !object || object.metadata.deletionTimestamp !== undefined;
        if (!goes || previous?.metadata.deletionTimestamp !== undefined) return undefined;
        const older = olderThan(world, job, cronJob);
        if (older) return `${key} was forgotten, and ${older.metadata.name} is older`;
        const outcome = outcomeOf(job);
        const left =
          outcome && jobsOf(world, cronJob).filter((each) => each !== object && isKept(each, outcome)).length;
        const most = outcome && keptBy(cronJob)[outcome];
        return left === undefined || most === undefined || left >= most
          ? undefined
          : `${key} was forgotten, which leaves ${left} of ${most} that are ${outcome}`;
      },
      end() {
        for (const cronJob of world.list<CronJob>(cronJobsPrefix)) {
          const kept = keptBy(cronJob);
          for (const outcome of outcomes) {
            const has = jobsOf(world, cronJob).filter((each) => outcomeOf(each) === outcome).length;
            if (has > kept[outcome])
              return `${cronJob.metadata.name} has ${has} Jobs that are ${outcome}, and keeps ${kept[outcome]}`;
          }
        }
        return undefined;
      },
    };
  },
};

/** The last time that has come while it could start something, and for which it has not. */
function missedBy(
  { metadata, spec, status }: Frozen<CronJob>,
  { fromMs, nowMs }: { readonly fromMs: number; readonly nowMs: number },
): number | undefined {
  const { startingDeadlineSeconds = Number.POSITIVE_INFINITY, concurrencyPolicy } = spec;
  if (concurrencyPolicy === "Forbid") return undefined;
  const schedule = parseSchedule(spec.schedule, spec.timeZone);
  let due: number | undefined;
  const knownBy = nowMs - quietMs;
  let next = schedule?.nextMs(parseTime(metadata.creationTimestamp ?? "") ?? 0);
  for (; next !== undefined && next <= knownBy; next = schedule?.nextMs(next)) due = next;
  const isTooLate = due !== undefined && due + startingDeadlineSeconds * 1_000 < fromMs + knownMs;
  const last = parseTime(status.lastScheduleTime ?? "") ?? 0;
  return due === undefined || isTooLate || last >= due ? undefined : due;
}

function jobsOf(world: World, { metadata }: Frozen<CronJob>): readonly Frozen<Job>[] {
  const jobs = world.list(jobsPrefix) as unknown as readonly Frozen<Job>[];
  return jobs.filter((each) => getControllerOf(each)?.uid === metadata.uid);
}

function outcomeOf({ status }: Frozen<Job>): Outcome | undefined {
  return outcomes.find((each) => getCondition(status?.conditions, each)?.status === "True");
}

/** How many Jobs it keeps that came to what. */
function keptBy({ spec: { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } }: Frozen<CronJob>) {
  return { Complete: successfulJobsHistoryLimit, Failed: failedJobsHistoryLimit };
}

const isKept = (job: Frozen<Job>, outcome: Outcome) =>
  outcomeOf(job) === outcome && job.metadata.deletionTimestamp === undefined;

function goesOn(job: Frozen<Job>): boolean {
  return outcomeOf(job) === undefined && job.metadata.deletionTimestamp === undefined;
}

/** Another that came to the same, began before, and stays. */
function olderThan(world: World, job: Frozen<Job>, cronJob: Frozen<CronJob>): Frozen<Job> | undefined {
  const outcome = outcomeOf(job);
  const beganMs = ({ status }: Frozen<Job>) => parseTime(status?.startTime ?? "") ?? Number.POSITIVE_INFINITY;
  if (outcome === undefined) return undefined;
  return jobsOf(world, cronJob).find(
    (each) =>
      each.metadata.uid !== job.metadata.uid &&
      each.metadata.deletionTimestamp === undefined &&
      outcomeOf(each) === outcome &&
      beganMs(each) < beganMs(job),
  );
}
