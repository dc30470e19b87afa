import type { ValidatingAdmissionPolicyBinding } from "../../api/kinds/validating_admission_policy_binding.ts";
import type { Frozen } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME POLICYNAME PARAMREF AGE. */
export const validatingAdmissionPolicyBinding = defineTable<ValidatingAdmissionPolicyBinding>({
  group: "admissionregistration.k8s.io",
  kind: "ValidatingAdmissionPolicyBinding",
  columns: [
    nameColumn,
    { name: "PolicyName", description: "The policy", of: ({ spec }) => spec.policyName ?? "" },
    { name: "ParamRef", description: "Its parameters", of: paramOf },
    ageColumn,
  ],
});

/** The parameters that a binding names, as one text. */
export function paramOf({ spec }: Pick<Frozen<ValidatingAdmissionPolicyBinding>, "spec">): string {
  const { name, namespace, selector } = spec.paramRef ?? {};
  if (spec.paramRef === undefined) return "<unset>";
  const what = name ?? (selector === undefined ? "" : "*");
  return namespace === undefined ? `*/${what}` : `${namespace}/${what}`;
}
