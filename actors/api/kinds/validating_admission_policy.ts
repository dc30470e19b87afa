import type {
  ValidatingAdmissionPolicySpec,
  ValidatingAdmissionPolicyStatus,
} from "kubernetes-types/admissionregistration/v1.js";
import { defaultMatchResources } from "../defaults/admission.ts";
import { addErrors, duplicate, type FieldError, notSupported, required } from "../field_error.ts";
import { defineKind } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateRule } from "../validation/webhooks.ts";

/** What a write must be like, said in expressions. */
export interface ValidatingAdmissionPolicy extends KubeObject {
  spec: ValidatingAdmissionPolicySpec;
  status: ValidatingAdmissionPolicyStatus;
}

/** ValidatingAdmissionPolicies: expressions that a write must satisfy. */
export const validatingAdmissionPolicy = defineKind<ValidatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  kind: "ValidatingAdmissionPolicy",
  plural: "validatingadmissionpolicies",
  categories: ["api-extensions"],
  namespaced: false,
  schema: "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy",
  subresources: [{ name: "status" }],

  applyDefaults({ spec }) {
    spec.failurePolicy ??= "Fail";
    if (spec.matchConstraints !== undefined) defaultMatchResources(spec.matchConstraints);
  },

  validate({ spec }) {
    const errors: FieldError[] = [];
    const { failurePolicy, validations = [], auditAnnotations = [], matchConstraints } = spec;
    if (failurePolicy !== undefined && failurePolicy !== "Fail" && failurePolicy !== "Ignore") {
      errors.push(notSupported("spec.failurePolicy", failurePolicy, ["Fail", "Ignore"]));
    }
    if (validations.length === 0 && auditAnnotations.length === 0) {
      errors.push(required("spec.validations", "validations or auditAnnotations must contain at least one item"));
      errors.push(required("spec.auditAnnotations", "validations or auditAnnotations must contain at least one item"));
    }
    validations.forEach(({ expression }, index) => {
      if (!expression?.trim())
        errors.push(required(`spec.validations[${index}].expression`, "expression is not specified"));
    });
    const names = new Set<string>();
    spec.variables?.forEach(({ name, expression }, index) => {
      const at = `spec.variables[${index}]`;
      if (!name) errors.push(required(`${at}.name`, "name is not specified"));
      if (!expression) errors.push(required(`${at}.expression`, "expression is not specified"));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    });
    if (matchConstraints === undefined) errors.push(required("spec.matchConstraints"));
    else if ((matchConstraints.resourceRules ?? []).length === 0) {
      errors.push(required("spec.matchConstraints.resourceRules"));
    }
    matchConstraints?.resourceRules?.forEach((rule, index) => {
      addErrors(errors, validateRule(rule, `spec.matchConstraints.resourceRules[${index}]`));
    });
    return errors;
  },
});
