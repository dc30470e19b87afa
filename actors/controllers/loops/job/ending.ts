import { getCondition } from "../../../api/conditions.ts";
import type { Job } from "../../../api/kinds/job.ts";
import { elapsedMs } from "../../../api/time.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import { jobFailureOf } from "./failure_policy.ts";
import { countIndexes } from "./index_set.ts";
import type { JobState } from "./job_state.ts";
import { metSuccessRule } from "./success_policy.ts";

/** How a Job is going to end. Its pods go first; only then it says that it is over. */
export interface Ending {
  readonly as: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

/** The condition that says that a Job is going to end so. */
export const interimType = { Complete: "SuccessCriteriaMet", Failed: "FailureTarget" } as const;

/** Decides whether a Job has to end now, whatever runs; what its status says already stays so. */
export function decideEnding(state: JobState, nowMs: number): Ending | undefined {
  const { job, pods, failed } = state;
  const before = endingBefore(job);
  if (before) return before;
  const byPolicy = jobFailureOf(job, pods);
  if (byPolicy !== undefined) return failure("PodFailurePolicy", byPolicy);
  if (failed > (job.spec.backoffLimit ?? 0) || restartsTooOften(job, pods)) {
    return failure("BackoffLimitExceeded", "Job has reached the specified backoff limit");
  }
  const leftMs = deadlineLeftMs(job, nowMs);
  if (leftMs !== undefined && leftMs <= 0) {
    return failure("DeadlineExceeded", "Job was active longer than specified deadline");
  }
  return failureByIndexes(state) ?? successByPolicy(state);
}

/** How a Job ends of which enough pods have succeeded and none is left; undefined while that is not so. */
export function completion({ job, succeeded }: JobState, active: number): Ending | undefined {
  const { completions } = job.spec;
  const isComplete = active === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions);
  if (!isComplete) return undefined;
  return { as: "Complete", reason: "CompletionsReached", message: "Reached expected number of succeeded pods" };
}

/** How much longer a Job may be active; undefined when there is no limit, or it does not run. */
export function deadlineLeftMs({ spec, status }: Frozen<Job>, nowMs: number): number | undefined {
  if (spec.activeDeadlineSeconds === undefined || spec.suspend === true) return undefined;
  // A Job that is resumed begins anew: what its status says of its start is from before.
  const isResuming = getCondition(status.conditions, "Suspended")?.status === "True";
  return spec.activeDeadlineSeconds * 1000 - (isResuming ? 0 : elapsedMs(status.startTime, nowMs));
}

function endingBefore({ status }: Frozen<Job>): Ending | undefined {
  for (const as of ["Complete", "Failed"] as const) {
    const interim = getCondition(status.conditions, interimType[as]);
    if (interim?.status === "True") return { as, reason: interim.reason ?? "", message: interim.message ?? "" };
  }
  return undefined;
}

function failure(reason: string, message: string): Ending {
  return { as: "Failed", reason, message };
}

function failureByIndexes({ job, indexes }: JobState): Ending | undefined {
  if (indexes?.failed === undefined) return undefined;
  const { maxFailedIndexes = Number.POSITIVE_INFINITY, completions = 0 } = job.spec;
  const failed = countIndexes(indexes.failed);
  if (failed > maxFailedIndexes) {
    return failure("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
  }
  const isOver = failed > 0 && failed + countIndexes(indexes.succeeded) >= completions;
  return isOver ? failure("FailedIndexes", "Job has failed indexes") : undefined;
}

function successByPolicy({ job, indexes }: JobState): Ending | undefined {
  const message = indexes && metSuccessRule(job, indexes.succeeded);
  return message === undefined ? undefined : { as: "Complete", reason: "SuccessPolicy", message };
}

/** Where a pod's containers are started again instead of the pod, each start counts as a try. */
function restartsTooOften({ spec }: Frozen<Job>, pods: readonly Frozen<Pod>[]): boolean {
  if (spec.template.spec?.restartPolicy !== "OnFailure") return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status.phase !== "Running" && status.phase !== "Pending") continue;
    const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
    for (const { restartCount } of all) restarts += restartCount;
  }
  return restarts > 0 && restarts >= (spec.backoffLimit ?? 0);
}
