import type { ReplicationControllerSpec, ReplicationControllerStatus } from "kubernetes-types/core/v1.js";
import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { type FieldError, invalid, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { validateTemplate } from "../validation/deployment_spec.ts";
import { validateLabels, validateNonNegative } from "../validation/metadata.ts";
import { countErrors, replicaCounts, replicaErrors } from "../validation/workload_status.ts";
import { templateWarnings } from "../warnings/workloads.ts";

/** A number of equal pods, as they were kept before ReplicaSets. */
export interface ReplicationController extends KubeObject {
  spec: ReplicationControllerSpec;
  status: ReplicationControllerStatus;
}

/** ReplicationControllers: a number of pods of one template, selected by labels alone. */
export const replicationController = nameKind<ReplicationController>({
  kind: "ReplicationController",
  plural: "replicationcontrollers",
  shortNames: ["rc"],
  categories: ["all"],
  storagePrefix: "/registry/controllers",
  subresources: [
    {
      name: "scale",
      paths: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", labelSelector: "spec.selector" },
    },
    { name: "status" },
  ],
});

/** Its rules, which API servers keep. */
export const replicationControllerRules = /* @__PURE__ */ withRules(replicationController, {
  schema: "io.k8s.api.core.v1.ReplicationController",
  fieldSelectors: { "status.replicas": ({ status }) => String(status.replicas ?? 0) },

  applyDefaults(draft) {
    const { spec } = draft;
    const labels = spec.template?.metadata?.labels;
    if (labels !== undefined) {
      if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
      if (Object.keys(draft.metadata.labels ?? {}).length === 0) draft.metadata.labels = { ...labels };
    }
    spec.replicas ??= 1;
    if (spec.template?.spec !== undefined) defaultPodSpec(spec.template.spec);
  },
  forgetDisabled: /* @__PURE__ */ forgetGatedIn(({ spec }) => spec.template?.spec),

  prepareForCreate(draft) {
    draft.status = { replicas: 0 };
  },

  validate: ({ spec }) => [
    ...validateNonNegative(spec.minReadySeconds, "spec.minReadySeconds"),
    ...validateSelector(spec),
    ...validateNonNegative(spec.replicas, "spec.replicas"),
    ...(spec.template === undefined
      ? [required("spec.template")]
      : validateTemplate(
          {
            template: spec.template,
            ...(spec.selector === undefined ? {} : { selector: { matchLabels: spec.selector } }),
          },
          { at: "spec", what: "ReplicationController" },
        )),
  ],

  validateStatusUpdate: ({ status }) => [
    ...countErrors(status, replicaCounts),
    ...replicaErrors(status, ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"]),
  ],

  warnings: ({ spec, metadata }, old) => templateWarnings({ metadata, template: spec.template }, old),
});

function validateSelector({ selector, template }: Frozen<ReplicationControllerSpec>): FieldError[] {
  if (Object.keys(selector ?? {}).length === 0) return [required("spec.selector")];
  const errors = validateLabels(selector, "spec.selector");
  return template === undefined && errors.length > 0 ? [invalid("spec.selector", selector, "must be labels")] : errors;
}
