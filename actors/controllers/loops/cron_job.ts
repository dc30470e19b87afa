import { parseSchedule, type Schedule, scheduleError, timeZoneError } from "../../api/cron_schedule.ts";
import { type CronJob, cronJob as cronJobKind } from "../../api/kinds/cron_job.ts";
import { type Job, job as jobKind } from "../../api/kinds/job.ts";
import { formatTime, parseTime } from "../../api/time.ts";
import { type Frozen, jsonEqual, keyOf } from "../../api/types.ts";
import { byController } from "../../client/object_store.ts";
import { defineLoop, type Turn, watch } from "../loop.ts";
import type { Action, Plan } from "../plan.ts";
import { controllerKey } from "../pods/pod_owner.ts";
import { activeJob, type Children, childrenOf, telling, unexpectedJobs } from "./cron_job/children.ts";
import { type Due, dueStart, nextStartInMs } from "./cron_job/due.ts";
import { forgottenJobs } from "./cron_job/history.ts";
import { scheduledJob, scheduledJobName } from "./cron_job/scheduled_job.ts";

/** The schedule that a CronJob was seen with, read once, and since when it has it if that was not always so. */
interface SeenSchedule {
  readonly text: string;
  readonly schedule: Schedule | undefined;
  readonly sinceMs: number | undefined;
}

/** By the CronJobs' uids. */
type Seen = Map<string, SeenSchedule>;

interface Timing {
  readonly due: Due;
  readonly againAfterMs: number | undefined;
}

interface Observed {
  readonly children: Children;
  /** Undefined when it starts nothing. */
  readonly timing: Timing | undefined;
  /** Why it starts nothing, when that is a mistake. */
  readonly mistake: Action | undefined;
}

interface Difference extends Observed {
  readonly cronJob: Frozen<CronJob>;
  /** What the start that is due leads to. */
  readonly start: Start;
}

/** Nothing; a Job to make; a Job that is made and not yet noted; or an Event that says why not. */
type Start =
  | { readonly what: "nothing" }
  | { readonly what: "make"; readonly atMs: number }
  | { readonly what: "note"; readonly atMs: number; readonly job: Frozen<Job> }
  | { readonly what: "tell"; readonly action: Action };

/**
 * Starts Jobs when their schedules say so. Watches CronJobs and Jobs, owns the Jobs, writes Jobs and the status of
 * CronJobs. Follows `pkg/controller/cronjob` of Kubernetes. A Job is made in one turn and noted in the status in the
 * next, which sees it: a crash in between changes nothing. A schedule that is changed counts from then on.
 */
export const cronJob = defineLoop<Frozen<CronJob>, Observed, Difference, Seen>({
  name: "cron-job",
  component: "cronjob-controller",
  watches: [
    watch<CronJob, Seen>({
      kind: cronJobKind,
      keys({ type, object }, { memory }) {
        if (type === "deleted") memory.delete(object.metadata.uid ?? "");
        return [keyOf(object)];
      },
    }),
    watch<Job, Seen>({
      kind: jobKind,
      indexes: { controller: byController },
      keys({ object, previous }, { listers }) {
        const keyFor = (each: Frozen<Job>) => controllerKey(each, { kind: cronJobKind, listers });
        const keys = [keyFor(object), previous && keyFor(previous)];
        return [...new Set(keys.filter((key) => key !== undefined))];
      },
    }),
  ],
  begin: () => new Map(),

  obtain: (key, listers) => listers.of(cronJobKind).get(key),

  observe(desired, listers, turn) {
    const children = childrenOf(desired, listers);
    const { schedule, sinceMs } = scheduleOf(desired, turn);
    const mistake = schedule ? undefined : mistakeOf(desired);
    const isIdle = !schedule || desired.spec.suspend === true || desired.metadata.deletionTimestamp !== undefined;
    const timing = isIdle ? undefined : timingOf(desired, { schedule, sinceMs, nowMs: turn.nowMs });
    return { children, timing, mistake };
  },

  difference: (desired, observed, turn) => ({ cronJob: desired, ...observed, start: startOf(desired, observed, turn) }),

  reconcile: (difference) => planFor(difference),
});

function scheduleOf({ metadata, spec }: Frozen<CronJob>, { memory, nowMs }: Turn<Seen>): SeenSchedule {
  const { uid = "" } = metadata;
  const { schedule: text, timeZone } = spec;
  const named = `${timeZone ?? ""} ${text}`;
  const before = memory.get(uid);
  if (before?.text === named) return before;
  const isReadable = timeZone === undefined || timeZoneError(timeZone) === undefined;
  const schedule = isReadable ? parseSchedule(text, timeZone) : undefined;
  const seen = { text: named, schedule, sinceMs: before ? nowMs : undefined };
  memory.set(uid, seen);
  return seen;
}

/** The API refuses such schedules and zones now; what was stored before may have them. */
function mistakeOf(desired: Frozen<CronJob>): Action | undefined {
  const { timeZone, schedule, suspend } = desired.spec;
  const wrongZone = timeZone === undefined ? undefined : timeZoneError(timeZone);
  if (wrongZone !== undefined) {
    const message = `invalid timeZone: ${JSON.stringify(timeZone)}: ${wrongZone}`;
    return telling(desired, { type: "Warning", reason: "UnknownTimeZone", message });
  }
  const wrong = suspend === true ? undefined : scheduleError(schedule);
  if (wrong === undefined) return undefined;
  const message = `unparseable schedule: ${JSON.stringify(schedule)} : ${wrong}`;
  return telling(desired, { type: "Warning", reason: "UnparseableSchedule", message });
}

interface Times {
  readonly schedule: Schedule;
  readonly sinceMs: number | undefined;
  readonly nowMs: number;
}

function timingOf(desired: Frozen<CronJob>, times: Times): Timing {
  return { due: dueStart(desired, times), againAfterMs: nextStartInMs(desired, times) };
}

function startOf(desired: Frozen<CronJob>, { children, timing }: Observed, { nowMs }: Turn): Start {
  const { spec, status } = desired;
  const { atMs, error } = timing?.due ?? {};
  if (error !== undefined) {
    const message = `invalid schedule: ${spec.schedule} : ${error}`;
    return { what: "tell", action: telling(desired, { type: "Warning", reason: "InvalidSchedule", message }) };
  }
  if (atMs === undefined) return { what: "nothing" };
  if (atMs + (spec.startingDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000 < nowMs) {
    const time = new Date(atMs).toUTCString().replace("GMT", "+0000");
    const message = `Missed scheduled time to start a job: ${time}`;
    return { what: "tell", action: telling(desired, { type: "Warning", reason: "MissSchedule", message }) };
  }
  const name = scheduledJobName(desired, atMs);
  const isNoted = status.active?.some((each) => each.name === name);
  if (isNoted || parseTime(status.lastScheduleTime ?? "") === atMs) return { what: "nothing" };
  const made = children.jobs.find(({ metadata }) => metadata.name === name);
  if (made) return { what: "note", atMs, job: made };
  if (spec.concurrencyPolicy !== "Forbid" || children.active.length === 0) return { what: "make", atMs };
  const message = "Not starting job because prior execution is running and concurrency policy is Forbid";
  return { what: "tell", action: telling(desired, { type: "Normal", reason: "JobAlreadyActive", message }) };
}

function planFor(difference: Difference): Plan {
  const { cronJob: desired, children, timing, mistake, start } = difference;
  const dueMs = timing?.due.atMs;
  const status = statusWrite(difference);
  const unexpected = unexpectedJobs(desired, { jobs: children.jobs, ...(dueMs !== undefined && { dueMs }) });
  const forgotten = forgottenJobs(desired, children.jobs);
  const replaced = start.what === "make" && desired.spec.concurrencyPolicy === "Replace" ? children.active : [];
  return {
    actions: [
      ...[...forgotten.map(({ metadata }) => metadata), ...replaced].map((each) => deletionOf(desired, each)),
      ...unexpected,
      ...children.actions,
      ...(mistake ? [mistake] : []),
      ...startActions(desired, { start, tooMany: timing?.due.tooMany === true }),
      ...status,
    ],
    ...(timing?.againAfterMs !== undefined && { againAfterMs: timing.againAfterMs }),
    onFailure: ({ action }) => (action.op === "create" ? status : []),
  };
}

function startActions(desired: Frozen<CronJob>, { start, tooMany }: { start: Start; tooMany: boolean }): Action[] {
  if (start.what === "nothing" || start.what === "note") return [];
  const message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
  const warning = tooMany ? [telling(desired, { type: "Warning", reason: "TooManyMissedTimes", message })] : [];
  return [...warning, start.what === "tell" ? start.action : creationOf(desired, start.atMs)];
}

function creationOf(about: Frozen<CronJob>, atMs: number): Action {
  const object = scheduledJob(about, atMs);
  return {
    op: "create",
    kind: jobKind,
    object,
    report: { about, type: "Normal", reason: "SuccessfulCreate", message: `Created job ${object.metadata.name}` },
    failureReport: { about, type: "Warning", reason: "FailedCreate", message: "Error creating job: " },
  };
}

/** What is needed to delete a Job. */
interface Condemned {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly uid?: string | undefined;
}

function deletionOf(about: Frozen<CronJob>, { namespace, name = "", uid = "" }: Condemned): Action {
  return {
    op: "delete",
    kind: jobKind,
    namespace,
    name,
    uid,
    propagationPolicy: "Background",
    report: { about, type: "Normal", reason: "SuccessfulDelete", message: `Deleted job ${name}` },
    failureReport: { about, type: "Warning", reason: "FailedDelete", message: "Deleted job: " },
  };
}

function statusWrite({ cronJob: desired, children, start }: Difference): Action[] {
  const isReplaced = start.what === "make" && desired.spec.concurrencyPolicy === "Replace";
  const kept = isReplaced ? [] : children.active;
  const active = start.what === "note" ? [...kept, activeJob(start.job)] : kept;
  const lastScheduleTime = start.what === "note" ? formatTime(start.atMs) : desired.status.lastScheduleTime;
  const status = {
    ...(active.length > 0 && { active }),
    ...(lastScheduleTime !== undefined && { lastScheduleTime }),
    ...(children.lastSuccessfulTime !== undefined && { lastSuccessfulTime: children.lastSuccessfulTime }),
  };
  if (jsonEqual(desired.status, status)) return [];
  const object = { ...desired, status } as Frozen<CronJob>;
  return [{ op: "update", kind: cronJobKind, object, subresource: "status" }];
}
