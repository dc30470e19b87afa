import type { JobStatus } from "kubernetes-types/batch/v1.js";
import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultJobSpec } from "../defaults/job_spec.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { type JobSpec, validateJobSelector, validateJobSpec, validateJobSpecUpdate } from "../validation/job_spec.ts";
import { templateWarnings } from "../warnings/workloads.ts";

/** Pods that shall end, a number of them. */
export interface Job extends KubeObject {
  spec: JobSpec;
  status: JobStatus;
}

const prefix = "batch.kubernetes.io/";

/** Jobs: pods that run to their end, tried again until enough have. */
export const job = nameKind<Job>({
  group: "batch",
  kind: "Job",
  plural: "jobs",
  categories: ["all"],
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const jobRules = /* @__PURE__ */ withRules(job, {
  schema: "io.k8s.api.batch.v1.Job",
  fieldSelectors: { "status.successful": ({ status }) => String(status.succeeded ?? 0) },

  applyDefaults(draft) {
    const { spec } = draft;
    defaultJobSpec(spec);
    if (spec.template?.spec !== undefined) defaultPodSpec(spec.template.spec);
    const labels = spec.template?.metadata?.labels;
    if (labels !== undefined && Object.keys(draft.metadata.labels ?? {}).length === 0) {
      draft.metadata.labels = { ...labels };
    }
  },
  forgetDisabled: /* @__PURE__ */ forgetGatedIn(({ spec }) => spec.template?.spec),

  prepareForCreate(draft) {
    if (draft.spec.manualSelector !== true) selectOwnPods(draft);
  },

  validate: ({ spec }) => [...validateJobSelector(spec, "spec"), ...validateJobSpec(spec, "spec")],
  validateUpdate: ({ spec }, { spec: old, status }) =>
    validateJobSpecUpdate(spec, old, { isStarted: status.startTime !== undefined }),

  warnings: ({ spec, metadata }, old) => templateWarnings({ metadata, template: spec.template }, old),
});

/** A Job's pods are told from all others by its uid, under the names that they have now and those that they had. */
function selectOwnPods({ metadata, spec }: Job): void {
  const { uid = "", name } = metadata;
  if (spec.template === undefined) return;
  spec.template.metadata ??= {};
  spec.template.metadata.labels = {
    ...spec.template.metadata.labels,
    "controller-uid": uid,
    "job-name": name,
    [`${prefix}controller-uid`]: uid,
    [`${prefix}job-name`]: name,
  };
  spec.selector = {
    ...spec.selector,
    matchLabels: { ...spec.selector?.matchLabels, [`${prefix}controller-uid`]: uid },
  };
}
