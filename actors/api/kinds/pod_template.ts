import type { PodTemplateSpec } from "kubernetes-types/core/v1.js";
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

  validate: ({ template }) => validateTemplateFields(template, "template"),
});
