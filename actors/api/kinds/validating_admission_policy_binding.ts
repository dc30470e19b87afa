import type { ValidatingAdmissionPolicyBindingSpec } from "kubernetes-types/admissionregistration/v1.js";
import { defaultMatchResources } from "../defaults/admission.ts";
import { addErrors, duplicate, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { policyNameErrors, validateMatchResources, validateParamRef } from "../validation/match_resources.ts";

/** Where a policy holds. */
export interface ValidatingAdmissionPolicyBinding extends KubeObject {
  spec: ValidatingAdmissionPolicyBindingSpec;
}

const actions = ["Audit", "Deny", "Warn"];

/** ValidatingAdmissionPolicyBindings: where a policy holds, and what comes of breaking it. */
export const validatingAdmissionPolicyBinding = nameKind<ValidatingAdmissionPolicyBinding>({
  group: "admissionregistration.k8s.io",
  kind: "ValidatingAdmissionPolicyBinding",
  plural: "validatingadmissionpolicybindings",
  categories: ["api-extensions"],
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const validatingAdmissionPolicyBindingRules = /* @__PURE__ */ withRules(validatingAdmissionPolicyBinding, {
  schema: "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding",
  countsGenerations: true,

  applyDefaults({ spec }) {
    if (spec.matchResources !== undefined) defaultMatchResources(spec.matchResources);
    if (spec.paramRef !== undefined) spec.paramRef.parameterNotFoundAction ??= "Deny";
  },

  validate({ spec }) {
    const errors = policyNameErrors(spec.policyName, "spec.policyName");
    addErrors(errors, validateParamRef(spec.paramRef, "spec.paramRef"));
    addErrors(errors, validateMatchResources(spec.matchResources, "spec.matchResources"));
    const wanted = spec.validationActions ?? [];
    const seen = new Set<string>();
    for (const [index, action] of wanted.entries()) {
      const at = `spec.validationActions[${index}]`;
      if (!actions.includes(action)) errors.push(notSupported(at, action, actions));
      if (seen.has(action)) errors.push(duplicate(at, action));
      seen.add(action);
    }
    if (wanted.includes("Deny") && wanted.includes("Warn")) {
      const text =
        "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)";
      errors.push(invalid("spec.validationActions", wanted, text));
    }
    if (wanted.length === 0) {
      errors.push(required("spec.validationActions", "at least one validation action is required"));
    }
    return errors;
  },
});
