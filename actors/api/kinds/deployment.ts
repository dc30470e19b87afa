import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Deployment } from "../types.ts";
import { jsonEqual, thaw } from "../types.ts";
import { validateDeploymentSpec } from "../validation/deployment_spec.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { collisionErrors, countErrors, replicaErrors } from "../validation/workload_status.ts";
import { templateWarnings } from "../warnings/workloads.ts";

const counts = [
  ...["observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas"],
  ...["unavailableReplicas", "collisionCount"],
];

/** Deployments: pods of one template, replaced step by step when the template changes. */
export const deployment = nameKind<Deployment>({
  group: "apps",
  kind: "Deployment",
  plural: "deployments",
  shortNames: ["deploy"],
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
export const deploymentRules = /* @__PURE__ */ withRules(deployment, {
  schema: "io.k8s.api.apps.v1.Deployment",

  applyDefaults({ spec }) {
    spec.replicas ??= 1;
    spec.strategy ??= {};
    spec.strategy.type ||= "RollingUpdate";
    if (spec.strategy.type === "RollingUpdate") {
      spec.strategy.rollingUpdate ??= {};
      spec.strategy.rollingUpdate.maxUnavailable ??= "25%";
      spec.strategy.rollingUpdate.maxSurge ??= "25%";
    }
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    if (spec.template?.spec !== undefined) defaultPodSpec(spec.template.spec);
  },
  forgetDisabled: /* @__PURE__ */ forgetGatedIn(({ spec }) => spec.template?.spec),

  prepareForUpdate(draft, old) {
    // Of all metadata the annotations alone count as a change of what is wanted.
    if (!jsonEqual(draft.metadata.annotations ?? {}, old.metadata.annotations ?? {})) {
      draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
    }
  },

  prepareForStatusUpdate(draft, old) {
    if (old.metadata.labels === undefined) delete draft.metadata.labels;
    else draft.metadata.labels = thaw(old.metadata.labels);
  },

  validate: ({ spec }) => validateDeploymentSpec(spec, "spec"),
  warnings: ({ spec, metadata }, old) => templateWarnings({ metadata, template: spec.template }, old),
  validateUpdate: ({ spec }, old) =>
    validateImmutable("spec.selector", { value: spec.selector, old: old.spec.selector }),
  validateStatusUpdate: ({ status }, { status: old }) => [
    ...countErrors(status, counts),
    ...replicaErrors(status, ["updatedReplicas", "readyReplicas", "availableReplicas"]),
    ...collisionErrors(status, old),
  ],
});
