import { type CronJob, cronJob as cronJobKind } from "../../../api/kinds/cron_job.ts";
import { type Job, job as jobKind } from "../../../api/kinds/job.ts";
import { parseTime } from "../../../api/time.ts";
import type { Frozen } from "../../../api/types.ts";
import type { Report } from "../../../client/report.ts";
import { jobEnd } from "../../jobs/job_end.ts";
import type { Listers } from "../../loop.ts";
import type { Action } from "../../plan.ts";
import { scheduledJobName } from "./scheduled_job.ts";

type ActiveJob = NonNullable<Frozen<CronJob>["status"]["active"]>[number];

/** A CronJob's Jobs as a turn finds them, and what its status is to say of them. */
export interface Children {
  readonly jobs: readonly Frozen<Job>[];
  readonly active: readonly ActiveJob[];
  readonly lastSuccessfulTime: string | undefined;
  /** Looks and Events that go with what is new about them. */
  readonly actions: readonly Action[];
}

/** Sorts out which of its Jobs a CronJob still counts as active: those that it started and that have not ended. */
export function childrenOf(cronJob: Frozen<CronJob>, listers: Listers): Children {
  const jobs = listers.of(jobKind).by("controller", cronJob.metadata.uid ?? "");
  const byUid = new Map(jobs.map((each) => [each.metadata.uid, each]));
  const active: ActiveJob[] = [];
  const actions: Action[] = [];
  for (const each of cronJob.status.active ?? []) {
    const job = byUid.get(each.uid);
    const end = job && jobEnd(job);
    if (end) {
      const message = `Saw completed job: ${each.name}, status: ${end.type}`;
      actions.push(telling(cronJob, { type: "Normal", reason: "SawCompletedJob", message }));
    } else if (!job && isMissing(each, listers)) actions.push(...missing(cronJob, each));
    else active.push(each);
  }
  return { jobs, active, lastSuccessfulTime: lastSuccess(cronJob, jobs), actions };
}

/** The Jobs that go on, are the CronJob's, and are not known to it: it did not start them, or has forgotten it. */
export function unexpectedJobs(cronJob: Frozen<CronJob>, { jobs, dueMs }: { jobs: Children["jobs"]; dueMs?: number }) {
  const known = new Set(cronJob.status.active?.map(({ uid }) => uid));
  const own = dueMs === undefined ? undefined : scheduledJobName(cronJob, dueMs);
  return jobs
    .filter((job) => !known.has(job.metadata.uid ?? "") && !jobEnd(job) && job.metadata.name !== own)
    .map(({ metadata }) => {
      const message = `Saw a job that the controller did not create or forgot: ${metadata.name}`;
      return telling(cronJob, { type: "Warning", reason: "UnexpectedJob", message });
    });
}

/** How a CronJob's status names a Job that it has started. */
export function activeJob({ metadata, apiVersion, kind }: Frozen<Job>): ActiveJob {
  const { name, namespace = "", uid = "", resourceVersion = "" } = metadata;
  return { apiVersion, kind, name, namespace, uid, resourceVersion };
}

/** An Event about a CronJob, and nothing else. */
export function telling(cronJob: Frozen<CronJob>, report: Omit<Report, "about">): Action {
  return { op: "tell", kind: cronJobKind, object: cronJob, report: { about: cronJob, ...report } };
}

/** A Job that nobody controls any more, or a namesake, is there. */
function isMissing({ namespace = "", name = "" }: ActiveJob, listers: Listers): boolean {
  return !listers.of(jobKind).has(`${namespace}/${name}`);
}

/** The mirror may be late: only the server knows that a Job is gone. */
function missing(cronJob: Frozen<CronJob>, { namespace, name = "" }: ActiveJob): Action[] {
  const message = `Active job went missing: ${name}`;
  return [
    { op: "ensureAbsent", kind: jobKind, namespace, name },
    telling(cronJob, { type: "Normal", reason: "MissingJob", message }),
  ];
}

function lastSuccess({ status }: Frozen<CronJob>, jobs: readonly Frozen<Job>[]): string | undefined {
  let last = status.lastSuccessfulTime;
  for (const job of jobs) {
    const { completionTime } = job.status;
    if (completionTime === undefined || jobEnd(job)?.type !== "Complete") continue;
    if (last === undefined || (parseTime(completionTime) ?? 0) > (parseTime(last) ?? 0)) last = completionTime;
  }
  return last;
}
