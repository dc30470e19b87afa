import type {
  ValidatingAdmissionPolicySpec,
  ValidatingAdmissionPolicyStatus,
} from "kubernetes-types/admissionregistration/v1.js";
import { conditionNames, policyNames } from "../cel/admission.ts";
import { defaultMatchResources } from "../defaults/admission.ts";
import { addErrors, type FieldError, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { conditionErrors, expressionErrors, variableErrors } from "../validation/admission_expressions.ts";
import { keepMetadataForStatus } from "../validation/metadata.ts";
import { validateRule } from "../validation/webhooks.ts";

/** What a write must be like, said in expressions. */
export interface ValidatingAdmissionPolicy extends KubeObject {
  spec: ValidatingAdmissionPolicySpec;
  status: ValidatingAdmissionPolicyStatus;
}

/** ValidatingAdmissionPolicies: expressions that a write must satisfy. */
export const validatingAdmissionPolicy = nameKind<ValidatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  kind: "ValidatingAdmissionPolicy",
  plural: "validatingadmissionpolicies",
  categories: ["api-extensions"],
  namespaced: false,
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const validatingAdmissionPolicyRules = /* @__PURE__ */ withRules(validatingAdmissionPolicy, {
  schema: "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy",

  applyDefaults({ spec }) {
    spec.failurePolicy ??= "Fail";
    if (spec.matchConstraints !== undefined) defaultMatchResources(spec.matchConstraints);
  },

  prepareForStatusUpdate: (draft, old) => keepMetadataForStatus(draft, old),

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
    addErrors(errors, conditionErrors(spec.matchConditions, "spec.matchConditions", conditionNames));
    addErrors(errors, variableErrors(spec.variables));
    const known = policyNames(spec.variables ?? []);
    validations.forEach(({ expression, messageExpression }, index) => {
      const at = `spec.validations[${index}]`;
      addErrors(errors, expressionErrors(expression, `${at}.expression`, known));
      if (messageExpression !== undefined)
        addErrors(errors, expressionErrors(messageExpression, `${at}.messageExpression`, known));
    });
    auditAnnotations.forEach(({ key, valueExpression }, index) => {
      const at = `spec.auditAnnotations[${index}]`;
      if (!key) errors.push(required(`${at}.key`));
      addErrors(errors, expressionErrors(valueExpression, `${at}.valueExpression`, known));
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
