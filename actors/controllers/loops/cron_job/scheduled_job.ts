import type { CronJob } from "../../../api/kinds/cron_job.ts";
import type { Job } from "../../../api/kinds/job.ts";
import { newControllerRef } from "../../../api/owner_references.ts";
import { type Frozen, thaw } from "../../../api/types.ts";
import { formatInZone } from "../../../api/zoned_time.ts";

const timestampAnnotation = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/** The name of the Job that a CronJob starts at a time: it is made once, whoever tries how often. */
export function scheduledJobName({ metadata }: Frozen<CronJob>, atMs: number): string {
  return `${metadata.name}-${Math.floor(atMs / 60_000)}`;
}

/** The Job that a CronJob starts at a time. */
export function scheduledJob(cronJob: Frozen<CronJob>, atMs: number): Frozen<Job> {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const timestamp = formatInZone(atMs, cronJob.spec.timeZone ?? "UTC");
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: scheduledJobName(cronJob, atMs),
      namespace: cronJob.metadata.namespace ?? "",
      ...(metadata?.labels && { labels: { ...metadata.labels } }),
      annotations: { ...metadata?.annotations, [timestampAnnotation]: timestamp },
      ownerReferences: [newControllerRef(cronJob)],
    },
    spec: thaw(spec) as Job["spec"],
    status: {},
  };
}
