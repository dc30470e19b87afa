import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { nameKind, withRules } from "../kind.ts";
import type { ReplicaSet } from "../types.ts";
import { thaw } from "../types.ts";
import { validateReplicaSetSpec } from "../validation/deployment_spec.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { countErrors, replicaCounts, replicaErrors } from "../validation/workload_status.ts";
import { templateWarnings } from "../warnings/workloads.ts";

/** ReplicaSets: a number of pods of one template. */
export const replicaSet = nameKind<ReplicaSet>({
  group: "apps",
  kind: "ReplicaSet",
  plural: "replicasets",
  shortNames: ["rs"],
  categories: ["all"],
  subresources: [
    {
      name: "scale",
      paths: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", labelSelector: "spec.selector" },
    },
    { name: "status" },
  ],
});

/** Its rules, which API servers keep. */
export const replicaSetRules = /* @__PURE__ */ withRules(replicaSet, {
  schema: "io.k8s.api.apps.v1.ReplicaSet",

  applyDefaults({ spec }) {
    spec.replicas ??= 1;
    if (spec.template?.spec !== undefined) defaultPodSpec(spec.template.spec);
  },
  forgetDisabled: /* @__PURE__ */ forgetGatedIn(({ spec }) => spec.template?.spec),

  prepareForCreate(draft) {
    draft.status = { replicas: 0 };
  },

  prepareForStatusUpdate(draft, old) {
    if (old.metadata.labels === undefined) delete draft.metadata.labels;
    else draft.metadata.labels = thaw(old.metadata.labels);
  },

  validate: ({ spec }) => validateReplicaSetSpec(spec, "spec"),
  warnings: ({ spec, metadata }, old) => templateWarnings({ metadata, template: spec.template }, old),
  validateUpdate: ({ spec }, old) =>
    validateImmutable("spec.selector", { value: spec.selector, old: old.spec.selector }),
  validateStatusUpdate: ({ status }) => [
    ...countErrors(status, replicaCounts),
    ...replicaErrors(status, ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"]),
  ],
});
