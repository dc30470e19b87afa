import type { PodTemplateSpec } from "kubernetes-types/core/v1.js";
import { present } from "../../kit/present.ts";
import { defaultPodSpec } from "../defaults/pod_spec.ts";
import { defineKind } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateTemplateFields } from "../validation/deployment_spec.ts";

/** A template by itself. */
export interface PodTemplate extends KubeObject {
  template: PodTemplateSpec;
}

/** PodTemplates: templates that no workload holds. */
export const podTemplate = defineKind<PodTemplate>({
  kind: "PodTemplate",
  plural: "podtemplates",
  schema: "io.k8s.api.core.v1.PodTemplate",
  countsGenerations: true,

  applyDefaults({ template }) {
    if (template?.spec !== undefined) defaultPodSpec(template.spec);
  },

  // The field has no object above it: its path begins with the template.
  validate: ({ template }) =>
    validateTemplateFields({ ...present({ template }) }, "").map((error) => ({
      ...error,
      field: error.field.replace(/^\./, ""),
    })),
});
