import type { MutatingAdmissionPolicy } from "../../api/kinds/mutating_admission_policy.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME MUTATIONS PARAMKIND AGE. */
export const mutatingAdmissionPolicy = defineTable<MutatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  kind: "MutatingAdmissionPolicy",
  columns: [
    nameColumn,
    {
      name: "Mutations",
      type: "integer",
      description: "How many changes it makes",
      of: ({ spec }) => (spec.mutations ?? []).length,
    },
    {
      name: "ParamKind",
      description: "What its parameters are",
      of: ({ spec }) => (spec.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : "<unset>"),
    },
    ageColumn,
  ],
});
