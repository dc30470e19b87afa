import { parseSchedule } from "../../actors/api/cron_schedule.ts";
import type { CronJob } from "../../actors/api/kinds/cron_job.ts";
import type { Job } from "../../actors/api/kinds/job.ts";
import { getControllerOf } from "../../actors/api/owner_references.ts";
import { parseTime } from "../../actors/api/time.ts";
import type { Frozen } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import { isTroubled } from "./_trouble.ts";

const [jobsPrefix, cronJobsPrefix] = ["/registry/jobs/", "/registry/cronjobs/"];
const minuteMs = 60_000;
/** So long after its time everybody knows that it has come. */
const lateMs = 10_000;
/** An answer is waited for, and then looked for, so long; what is gone is known sooner where nothing is wrong. */
const [doubtMs, knownMs] = [15_000, 5_000];

/**
 * A CronJob starts one Job each time that it is to, never before that time, and never again when it is gone; and it
 * notes it: in the end the time of the last start is in its status, and no Job that is over is said to run.
 */
export const schedulesStartOneJob: Invariant = {
  name: "schedules start one Job",
  watch(world) {
    const isSkewed = world.definition.faults.some(({ kind }) => kind === "clockSkew");
    const started = new Map<string, number>();
    const goneAtMs = new Map<string, number>();
    /** How far the time of day is ahead of that of the run, as told by what is made: to a second. */
    let aheadMs = 0;
    return {
      commit({ key, object, previous, atMs }) {
        if (key.startsWith(cronJobsPrefix) && !object) goneAtMs.set(previous?.metadata.uid ?? "", atMs);
        if (key.startsWith(cronJobsPrefix) && object && !previous)
          aheadMs = (parseTime(object?.metadata.creationTimestamp ?? "") ?? 0) - atMs;
        if (!key.startsWith(jobsPrefix) || !object || previous) return undefined;
        const owner = getControllerOf(object as Frozen<Job>);
        if (owner?.kind !== "CronJob") return undefined;
        const { name, creationTimestamp = "" } = object.metadata;
        const start = `${owner.uid} ${name}`;
        // What was made may have ended and be gone before whoever got no answer looks.
        const isDoubted = isTroubled(world, { fromMs: atMs - doubtMs, toMs: atMs });
        if (started.has(start) && !isDoubted) return `${key} was started twice by CronJob ${owner.name}`;
        const goneMs = atMs - (goneAtMs.get(owner.uid) ?? atMs);
        if (goneMs > knownMs && !isTroubled(world, { fromMs: atMs - goneMs, toMs: atMs }))
          return `${key} was started by CronJob ${owner.name}, which is gone for ${Math.round(goneMs)} ms`;
        const dueMs = Number(name.slice(owner.name.length + 1)) * minuteMs;
        started.set(start, dueMs);
        const madeMs = parseTime(creationTimestamp) ?? 0;
        if (isSkewed || madeMs >= dueMs) return undefined;
        return `${key} was started at ${creationTimestamp}, ${dueMs - madeMs} ms before its time`;
      },
      end() {
        for (const cronJob of world.list<CronJob>(cronJobsPrefix)) {
          const nowMs = world.simulation.uptimeMs() + aheadMs;
          const wrong =
            unstarted(cronJob, { started, nowMs, isCalm: world.definition.faults.length === 0 }) ??
            untold(cronJob, started);
          if (wrong !== undefined) return `CronJob ${cronJob.metadata.name} ${wrong}`;
        }
        return undefined;
      },
    };
  },
};

interface Starts {
  readonly started: ReadonlyMap<string, number>;
  readonly nowMs: number;
  /** Nothing is ever wrong. */
  readonly isCalm: boolean;
}

/** Whether its time has come, and nothing came of it. */
function unstarted({ metadata, spec }: Frozen<CronJob>, { started, nowMs, isCalm }: Starts): string | undefined {
  if (spec.suspend || metadata.deletionTimestamp !== undefined) return undefined;
  // Whoever may be late only for so long, and was held up, starts nothing.
  const isUnderWay = spec.startingDeadlineSeconds === undefined || (isCalm && spec.startingDeadlineSeconds >= 60);
  if (!isUnderWay) return undefined;
  if ([...started.keys()].some((start) => start.startsWith(`${metadata.uid} `))) return undefined;
  const dueMs = parseSchedule(spec.schedule, spec.timeZone)?.nextMs(parseTime(metadata.creationTimestamp ?? "") ?? 0);
  if (dueMs === undefined || dueMs + lateMs > nowMs) return undefined;
  return `has started nothing, it was to ${Math.round(nowMs - dueMs)} ms ago`;
}

function untold({ metadata, status }: Frozen<CronJob>, started: ReadonlyMap<string, number>): string | undefined {
  const own = [...started].flatMap(([start, dueMs]) => (start.startsWith(`${metadata.uid} `) ? [dueMs] : []));
  const last = own.length === 0 ? undefined : Math.max(...own);
  const toldMs = status.lastScheduleTime === undefined ? undefined : parseTime(status.lastScheduleTime);
  if (last !== toldMs) return `says that it started a Job last at ${status.lastScheduleTime}, it was at ${last}`;
  const { active = [] } = status;
  return active.length === 0 ? undefined : `says that ${active.map(({ name }) => name).join(", ")} runs`;
}
