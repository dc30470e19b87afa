import type { Job } from "../../../api/kinds/job.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import { indexFailures, isPodFailed } from "./job_pods.ts";

type Rule = NonNullable<Frozen<Job>["spec"]["podFailurePolicy"]>["rules"][number];
type ContainerStatus = NonNullable<Frozen<Pod>["status"]["containerStatuses"]>[number];

/** What a Job's pod failure policy says of a pod that failed. */
export interface FailureVerdict {
  /** The rule that was met; undefined when none was. */
  readonly action?: string;
  /** Whether it counts towards `backoffLimit` and `backoffLimitPerIndex`. */
  readonly counts: boolean;
  /** Why the whole Job fails; undefined when it does not. */
  readonly jobFailure?: string;
}

/** Judges a pod that failed: the first rule that fits decides; without one it counts. */
export function judgeFailure(job: Frozen<Job>, pod: Frozen<Pod>): FailureVerdict {
  const rules = job.spec.podFailurePolicy?.rules ?? [];
  for (const [index, rule] of rules.entries()) {
    const met = meetingOf(rule, pod);
    if (met === undefined) continue;
    const { action } = rule;
    if (action === "Ignore") return { action, counts: false };
    if (action !== "FailJob") return { action, counts: true };
    return { action, counts: true, jobFailure: `${met} matching ${action} rule at index ${index}` };
  }
  return { counts: true };
}

/** Why the Job fails by one of its pods; undefined when none says so. */
export function jobFailureOf(job: Frozen<Job>, pods: readonly Frozen<Pod>[]): string | undefined {
  if (job.spec.podFailurePolicy === undefined) return undefined;
  for (const pod of pods) {
    const failure = isPodFailed(pod, job) ? judgeFailure(job, pod).jobFailure : undefined;
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Whether a pod's index fails with it: by a rule, or because it was the last try. */
export function failsIndex(job: Frozen<Job>, pod: Frozen<Pod>): boolean {
  if (!isPodFailed(pod, job)) return false;
  const { action, counts } = judgeFailure(job, pod);
  return action === "FailIndex" || (counts && indexFailures(pod) >= (job.spec.backoffLimitPerIndex ?? 0));
}

/** How a pod meets a rule, in words; undefined when it does not. */
function meetingOf({ onExitCodes, onPodConditions }: Rule, { metadata, status }: Frozen<Pod>): string | undefined {
  const pod = `${metadata.namespace}/${metadata.name}`;
  if (onExitCodes) {
    const all = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
    const container = all.find((each) => meetsExitCodes(onExitCodes, each));
    const code = container?.state?.terminated?.exitCode;
    return container && `Container ${container.name} for pod ${pod} failed with exit code ${code}`;
  }
  const condition = status.conditions?.find(({ type, status: value }) =>
    onPodConditions?.some((each) => each.type === type && each.status === value),
  );
  return condition && `Pod ${pod} has condition ${condition.type}`;
}

function meetsExitCodes(codes: NonNullable<Rule["onExitCodes"]>, { name, state }: ContainerStatus): boolean {
  const code = state?.terminated?.exitCode;
  if (code === undefined || code === 0) return false;
  if (codes.containerName !== undefined && codes.containerName !== name) return false;
  return codes.values.includes(code) === (codes.operator === "In");
}
