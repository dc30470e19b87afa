import type { ResourceQuotaSpec, ResourceQuotaStatus } from "kubernetes-types/core/v1.js";
import { type FieldError, invalid, notSupported } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { jsonEqual, type KubeObject } from "../types.ts";
import { labelKeyErrors } from "../validation/names.ts";

/** What a namespace may use in all. */
export interface ResourceQuota extends KubeObject {
  spec: ResourceQuotaSpec;
  status: ResourceQuotaStatus;
}

const scopes = [
  "BestEffort",
  "CrossNamespacePodAffinity",
  "NotBestEffort",
  "NotTerminating",
  "PriorityClass",
  "Terminating",
  "VolumeAttributesClass",
];
const operators = ["DoesNotExist", "Exists", "In", "NotIn"];

/** ResourceQuotas: sums that a namespace's objects may not exceed. */
export const resourceQuota = nameKind<ResourceQuota>({
  kind: "ResourceQuota",
  plural: "resourcequotas",
  shortNames: ["quota"],
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const resourceQuotaRules = /* @__PURE__ */ withRules(resourceQuota, {
  schema: "io.k8s.api.core.v1.ResourceQuota",
  countsGenerations: false,
  allowCreateOnUpdate: true,

  validate({ spec }) {
    const errors: FieldError[] = [];
    for (const name in spec.hard) {
      for (const text of labelKeyErrors(name)) errors.push(invalid(`spec.hard[${name}]`, name, text));
      if (/^-/.test(spec.hard[name] ?? "")) {
        errors.push(invalid(`spec.hard[${name}]`, spec.hard[name], "must be greater than or equal to 0"));
      }
    }
    for (const scope of spec.scopes ?? []) {
      if (!scopes.includes(scope)) errors.push(invalid("spec.scopes", scope, "unsupported scope"));
    }
    for (const [index, { scopeName, operator, values = [] }] of (
      spec.scopeSelector?.matchExpressions ?? []
    ).entries()) {
      const at = `spec.scopeSelector.matchExpressions[${index}]`;
      if (!scopes.includes(scopeName)) errors.push(invalid(`${at}.scopeName`, scopeName, "unsupported scope"));
      if (!operators.includes(operator)) errors.push(notSupported(`${at}.operator`, operator, operators));
      const wantsValues = operator === "In" || operator === "NotIn";
      if (wantsValues && values.length === 0) {
        const text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
        errors.push({ type: "FieldValueRequired", field: `${at}.values`, detail: text });
      }
      if (!wantsValues && values.length > 0) {
        const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
        errors.push(invalid(`${at}.values`, values, text));
      }
    }
    return errors;
  },

  validateUpdate: ({ spec }, { spec: old }) =>
    jsonEqual([...(spec.scopes ?? [])].sort(), [...(old.scopes ?? [])].sort())
      ? []
      : [invalid("spec.scopes", spec.scopes, "field is immutable")],
});
