import type { ValidatingAdmissionPolicy } from "../../api/kinds/validating_admission_policy.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME VALIDATIONS PARAMKIND AGE. */
export const validatingAdmissionPolicy = defineTable<ValidatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  kind: "ValidatingAdmissionPolicy",
  columns: [
    nameColumn,
    {
      name: "Validations",
      type: "integer",
      description: "How many expressions it has",
      of: ({ spec }) => (spec.validations ?? []).length,
    },
    {
      name: "ParamKind",
      description: "What its parameters are",
      of: ({ spec }) => (spec.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : "<unset>"),
    },
    ageColumn,
  ],
});
