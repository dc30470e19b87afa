import { getCondition } from "../../../api/conditions.ts";
import { type Job, job as jobKind } from "../../../api/kinds/job.ts";
import { formatTime } from "../../../api/time.ts";
import { type Frozen, jsonEqual } from "../../../api/types.ts";
import type { Report } from "../../../client/report.ts";
import type { Action } from "../../plan.ts";
import { type Ending, interimType } from "./ending.ts";
import type { Tracking } from "./tracking.ts";

type Condition = NonNullable<Job["status"]["conditions"]>[number];

/** What a Job's status is made of. */
export interface StatusParts {
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  readonly tracking: Tracking;
  readonly ending: Ending | undefined;
  /** Whether this turn could do with the Job's pods as it wanted: only then it says whether it is suspended. */
  readonly isManaged: boolean;
  readonly nowMs: number;
}

/** The writes that bring a Job's status up to date, and the Events that go with them. */
export function statusWrites(job: Frozen<Job>, parts: StatusParts): Action[] {
  const { status, reports } = nextStatus(job, parts);
  const object = { ...job, status } as Frozen<Job>;
  const write: Action[] = jsonEqual(job.status, status)
    ? []
    : [{ op: "update", kind: jobKind, object, subresource: "status" }];
  return [...write, ...reports.map((report): Action => ({ op: "tell", kind: jobKind, object: job, report }))];
}

function nextStatus(job: Frozen<Job>, parts: StatusParts): { status: Frozen<Job>["status"]; reports: Report[] } {
  const { active, ready, terminating, tracking, ending, nowMs } = parts;
  const { uncounted, succeeded, failed, completedIndexes, failedIndexes } = tracking;
  const suspension = withSuspension(job, parts);
  const interim = withInterim(suspension.conditions, { ending, nowMs });
  const isInterimNew = interim.length > suspension.conditions.length;
  const isSettled = uncounted.succeeded.length + uncounted.failed.length + terminating + tracking.release.length === 0;
  const end = ending && !isInterimNew && isSettled ? endOf(ending, nowMs) : undefined;
  const isResumed = suspension.report?.reason === "Resumed";
  const startTime = isResumed || startsNow(job) ? formatTime(nowMs) : job.status.startTime;
  const conditions = end ? [...interim, end] : interim;
  const status = {
    ...(conditions.length > 0 && { conditions }),
    ...(startTime !== undefined && { startTime }),
    ...(end?.type === "Complete" && { completionTime: formatTime(nowMs) }),
    ...(active > 0 && { active }),
    ...(succeeded > 0 && { succeeded }),
    ...(failed > 0 && { failed }),
    terminating,
    ...(completedIndexes !== "" && { completedIndexes }),
    ...(failedIndexes !== undefined && { failedIndexes }),
    uncountedTerminatedPods: {
      ...(uncounted.succeeded.length > 0 && { succeeded: uncounted.succeeded }),
      ...(uncounted.failed.length > 0 && { failed: uncounted.failed }),
    },
    ready,
  };
  const endReports = end && ending ? reportsOf(job, { ending, succeeded }) : [];
  return { status, reports: [...(suspension.report ? [suspension.report] : []), ...endReports] };
}

function startsNow({ spec, status }: Frozen<Job>): boolean {
  return status.startTime === undefined && spec.suspend !== true;
}

function newCondition(type: string, { status = "True", reason, message, nowMs }: ConditionParts): Condition {
  const at = formatTime(nowMs);
  return { type, status, lastProbeTime: at, lastTransitionTime: at, reason, message };
}

interface ConditionParts {
  readonly status?: string;
  readonly reason: string;
  readonly message: string;
  readonly nowMs: number;
}

function endOf({ as, reason, message }: Ending, nowMs: number): Condition {
  return newCondition(as, { reason, message, nowMs });
}

interface EndingAt {
  readonly ending: Ending | undefined;
  readonly nowMs: number;
}

/** A Job says that it is going to end before it takes anything away from its pods. */
function withInterim(conditions: readonly Condition[], { ending, nowMs }: EndingAt): readonly Condition[] {
  if (!ending || getCondition(conditions, interimType[ending.as])?.status === "True") return conditions;
  const { reason, message } = ending;
  return [...conditions, newCondition(interimType[ending.as], { reason, message, nowMs })];
}

/** A Job that never was suspended does not say that it is not. */
function withSuspension(job: Frozen<Job>, { isManaged, ending, nowMs }: StatusParts) {
  const conditions = (job.status.conditions ?? []) as readonly Condition[];
  const before = getCondition(conditions, "Suspended");
  const isSuspended = job.spec.suspend === true;
  const status = isSuspended ? "True" : "False";
  if (!isManaged || ending || (before?.status ?? "False") === status) return { conditions };
  const word = isSuspended ? "Suspended" : "Resumed";
  const message = `Job ${word.toLowerCase()}`;
  const condition = newCondition("Suspended", { status, reason: `Job${word}`, message, nowMs });
  const report: Report = { about: job, type: "Normal", reason: word, message };
  const isNew = before === undefined;
  return {
    conditions: isNew ? [...conditions, condition] : conditions.map((each) => (each === before ? condition : each)),
    report,
  };
}

function reportsOf(job: Frozen<Job>, { ending, succeeded }: { ending: Ending; succeeded: number }): Report[] {
  const { as, reason, message } = ending;
  if (as === "Failed") return [{ about: job, type: "Warning", reason, message }];
  const completed: Report = { about: job, type: "Normal", reason: "Completed", message: "Job completed" };
  if (succeeded <= (job.spec.completions ?? Number.POSITIVE_INFINITY)) return [completed];
  const tooMany = "Too many succeeded pods running after completion count reached";
  return [{ about: job, type: "Warning", reason: "TooManySucceededPods", message: tooMany }, completed];
}
