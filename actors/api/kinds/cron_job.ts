import type { CronJobSpec as BatchCronJobSpec, CronJobStatus } from "kubernetes-types/batch/v1.js";
import { scheduleError, timeZoneError } from "../cron_schedule.ts";
import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { type JobSpec, validateJobSpec } from "../validation/job_spec.ts";
import { validateNonNegative } from "../validation/metadata.ts";
import { templateWarnings } from "../warnings/workloads.ts";

/** What a CronJob is to do. */
export type CronJobSpec = BatchCronJobSpec;

/** Jobs at certain times. */
export interface CronJob extends KubeObject {
  spec: CronJobSpec;
  status: CronJobStatus;
}

/** A Job's name adds eleven characters, and pods' names and labels have 63. */
const nameMax = 52;
const policies = ["Allow", "Forbid", "Replace"];

/** CronJobs: Jobs of one template, made when their schedule says so. */
export const cronJob = nameKind<CronJob>({
  group: "batch",
  kind: "CronJob",
  plural: "cronjobs",
  shortNames: ["cj"],
  categories: ["all"],
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const cronJobRules = /* @__PURE__ */ withRules(cronJob, {
  schema: "io.k8s.api.batch.v1.CronJob",

  applyDefaults({ spec }) {
    spec.concurrencyPolicy ||= "Allow";
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    const pod = spec.jobTemplate?.spec?.template?.spec;
    if (pod !== undefined) defaultPodSpec(pod);
  },
  forgetDisabled: /* @__PURE__ */ forgetGatedIn(({ spec }) => spec.jobTemplate?.spec?.template?.spec),

  validate: ({ spec }) => validateSpec(spec, "spec"),
  validateCreate: ({ metadata: { name } }) =>
    name.length > nameMax ? [invalid("metadata.name", name, `must be no more than ${nameMax} characters`)] : [],

  warnings: ({ spec, metadata }, old) =>
    templateWarnings(
      { metadata, template: spec.jobTemplate.spec?.template },
      old,
      "spec.jobTemplate.spec.template.spec",
    ),
});

function validateSpec(spec: Frozen<CronJobSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { schedule = "", timeZone, concurrencyPolicy = "" } = spec;
  if (schedule === "") errors.push(required(`${at}.schedule`));
  else {
    const wrong = scheduleError(schedule);
    if (wrong !== undefined) errors.push(invalid(`${at}.schedule`, schedule, wrong));
    if (/TZ/.test(schedule)) {
      const text = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
      errors.push(invalid(`${at}.schedule`, schedule, text));
    }
  }
  errors.push(...validateNonNegative(spec.startingDeadlineSeconds, `${at}.startingDeadlineSeconds`));
  if (timeZone !== undefined) {
    const wrong = timeZoneError(timeZone);
    if (wrong !== undefined) errors.push(invalid(`${at}.timeZone`, timeZone, wrong));
  }
  if (concurrencyPolicy === "") errors.push(required(`${at}.concurrencyPolicy`));
  else if (!policies.includes(concurrencyPolicy)) {
    errors.push(notSupported(`${at}.concurrencyPolicy`, concurrencyPolicy, policies));
  }
  const job = spec.jobTemplate?.spec ?? ({} as Frozen<JobSpec>);
  errors.push(...validateJobSpec(job, `${at}.jobTemplate.spec`));
  if (job.manualSelector === true) {
    errors.push(notSupported(`${at}.jobTemplate.spec.manualSelector`, true, ["nil", "false"]));
  }
  errors.push(...validateNonNegative(spec.successfulJobsHistoryLimit, `${at}.successfulJobsHistoryLimit`));
  errors.push(...validateNonNegative(spec.failedJobsHistoryLimit, `${at}.failedJobsHistoryLimit`));
  return errors;
}
