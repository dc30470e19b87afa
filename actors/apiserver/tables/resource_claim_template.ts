import type { ResourceClaimTemplate } from "../../api/kinds/resource_claim_template.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME AGE. */
export const resourceClaimTemplate = defineTable<ResourceClaimTemplate>({
  group: "resource.k8s.io",
  kind: "ResourceClaimTemplate",
  columns: [nameColumn, ageColumn],
});
