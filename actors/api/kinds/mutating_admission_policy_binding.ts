import type { MatchResources, ParamRef } from "kubernetes-types/admissionregistration/v1.js";
import { defaultMatchResources } from "../defaults/admission.ts";
import { addErrors } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { policyNameErrors, validateMatchResources, validateParamRef } from "../validation/match_resources.ts";

/** Where a policy that changes what is written holds. */
export interface MutatingAdmissionPolicyBinding extends KubeObject {
  spec: { policyName?: string; paramRef?: ParamRef; matchResources?: MatchResources };
}

/** MutatingAdmissionPolicyBindings: where a policy holds. */
export const mutatingAdmissionPolicyBinding = nameKind<MutatingAdmissionPolicyBinding>({
  group: "admissionregistration.k8s.io",
  version: "v1beta1",
  kind: "MutatingAdmissionPolicyBinding",
  plural: "mutatingadmissionpolicybindings",
  categories: ["api-extensions"],
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const mutatingAdmissionPolicyBindingRules = /* @__PURE__ */ withRules(mutatingAdmissionPolicyBinding, {
  schema: "io.k8s.api.admissionregistration.v1beta1.MutatingAdmissionPolicyBinding",
  countsGenerations: true,

  applyDefaults({ spec }) {
    if (spec.matchResources !== undefined) defaultMatchResources(spec.matchResources);
    if (spec.paramRef !== undefined) spec.paramRef.parameterNotFoundAction ??= "Deny";
  },

  validate({ spec }) {
    const errors = policyNameErrors(spec.policyName, "spec.policyName");
    addErrors(errors, validateParamRef(spec.paramRef, "spec.paramRef"));
    addErrors(errors, validateMatchResources(spec.matchResources, "spec.matchResources"));
    return errors;
  },
});
