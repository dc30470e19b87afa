import type { Job } from "../../../api/kinds/job.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import { podFromTemplate } from "../../pods/pod_from_template.ts";
import { judgeFailure } from "./failure_policy.ts";
import {
  failureCountAnnotation,
  ignoredFailureCountAnnotation,
  ignoredIndexFailures,
  indexAnnotation,
  indexFailures,
  isIndexed,
  trackingFinalizer,
} from "./job_pods.ts";

const indexVariable = "JOB_COMPLETION_INDEX";
const generateNameMax = 58;

/** What a pod's name begins with: `index` stays whole, whatever the Job's name is. */
export function podNamePrefix(jobName: string, index: number | undefined): string {
  const end = index === undefined ? "-" : `-${index}-`;
  return jobName.slice(0, index === undefined ? undefined : generateNameMax - end.length) + end;
}

/** What is particular to one pod of a Job. */
export interface JobPodOptions {
  readonly name: string;
  readonly index: number | undefined;
  /** The pod of the same index that failed before, whose count it takes over. */
  readonly replaces: Frozen<Pod> | undefined;
}

/** The pod that a Job makes from its template. */
export function jobPod(job: Frozen<Job>, { name, index, replaces }: JobPodOptions): Pod {
  const pod = podFromTemplate(job.spec.template, { owner: job, name });
  const { metadata, spec } = pod;
  metadata.generateName = podNamePrefix(job.metadata.name, index);
  metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), trackingFinalizer])];
  if (!isIndexed(job) || index === undefined) return pod;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    if (container.env?.some((each) => each.name === indexVariable)) continue;
    const valueFrom = { fieldRef: { fieldPath: `metadata.labels['${indexAnnotation}']` } };
    container.env = [...(container.env ?? []), { name: indexVariable, valueFrom }];
  }
  metadata.labels = { ...metadata.labels, [indexAnnotation]: String(index) };
  metadata.annotations = {
    ...metadata.annotations,
    [indexAnnotation]: String(index),
    ...(job.spec.backoffLimitPerIndex !== undefined && failureCounts(job, replaces)),
  };
  spec.hostname = `${job.metadata.name}-${index}`;
  return pod;
}

function failureCounts(job: Frozen<Job>, replaced: Frozen<Pod> | undefined): Record<string, string> {
  if (!replaced) return { [failureCountAnnotation]: "0" };
  const { counts } = judgeFailure(job, replaced);
  const ignored = ignoredIndexFailures(replaced) + (counts ? 0 : 1);
  return {
    [failureCountAnnotation]: String(indexFailures(replaced) + (counts ? 1 : 0)),
    ...(ignored > 0 && { [ignoredFailureCountAnnotation]: String(ignored) }),
  };
}
