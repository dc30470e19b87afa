import type { PodTemplateSpec } from "kubernetes-types/core/v1.js";
import { present } from "../../kit/present.ts";
import { forgetGatedIn } from "../defaults/gated_fields.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateTemplateFields } from "../validation/deployment_spec.ts";

/** A template by itself. */
export interface PodTemplate extends KubeObject {
  template: PodTemplateSpec;
}

/** PodTemplates: templates that no workload holds. */
export const podTemplate = nameKind<PodTemplate>({
  kind: "PodTemplate",
  plural: "podtemplates",
});

/** Its rules, which API servers keep. */
export const podTemplateRules = /* @__PURE__ */ withRules(podTemplate, {
  schema: "io.k8s.api.core.v1.PodTemplate",
  countsGenerations: true,

  applyDefaults({ template }) {
    if (template?.spec !== undefined) defaultPodSpec(template.spec);
  },
  forgetDisabled: /* @__PURE__ */ forgetGatedIn(({ template }) => template?.spec),

  // The field has no object above it: its path begins with the template.
  validate: ({ template }) =>
    validateTemplateFields({ ...present({ template }) }, "").map((error) => ({
      ...error,
      field: error.field.replace(/^\./, ""),
    })),
});
