import type { CronJob } from "../../../api/kinds/cron_job.ts";
import type { Job } from "../../../api/kinds/job.ts";
import type { Frozen } from "../../../api/types.ts";
import { jobEnd } from "../../jobs/job_end.ts";

/** The Jobs that have ended beyond those that a CronJob keeps to look at: the oldest of each outcome. */
export function forgottenJobs({ spec }: Frozen<CronJob>, jobs: readonly Frozen<Job>[]): Frozen<Job>[] {
  const beyond = (type: "Complete" | "Failed", kept: number | undefined) => {
    const ended = jobs.filter((job) => jobEnd(job)?.type === type).sort(byStart);
    return kept === undefined ? [] : ended.slice(0, Math.max(0, ended.length - kept));
  };
  return [...beyond("Complete", spec.successfulJobsHistoryLimit), ...beyond("Failed", spec.failedJobsHistoryLimit)];
}

/** Those that never started come last. */
function byStart(a: Frozen<Job>, b: Frozen<Job>): number {
  // Above all digits, by which times begin.
  const [left, right] = [a.status.startTime ?? "~", b.status.startTime ?? "~"];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
