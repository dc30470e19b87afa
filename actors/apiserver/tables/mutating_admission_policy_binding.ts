import type { MutatingAdmissionPolicyBinding } from "../../api/kinds/mutating_admission_policy_binding.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";
import { paramOf } from "./validating_admission_policy_binding.ts";

/** NAME POLICYNAME PARAMREF AGE. */
export const mutatingAdmissionPolicyBinding = defineTable<MutatingAdmissionPolicyBinding>({
  group: "admissionregistration.k8s.io",
  kind: "MutatingAdmissionPolicyBinding",
  columns: [
    nameColumn,
    { name: "PolicyName", description: "The policy", of: ({ spec }) => spec.policyName ?? "" },
    { name: "ParamRef", description: "Its parameters", of: ({ spec }) => paramOf({ spec: spec as never }) },
    ageColumn,
  ],
});
