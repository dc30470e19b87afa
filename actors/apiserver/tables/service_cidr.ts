import type { ServiceCIDR } from "../../api/kinds/service_cidr.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME CIDRS AGE. */
export const serviceCidr = defineTable<ServiceCIDR>({
  group: "networking.k8s.io",
  kind: "ServiceCIDR",
  columns: [
    nameColumn,
    { name: "CIDRs", description: "The ranges", of: ({ spec }) => (spec.cidrs ?? []).join(",") },
    ageColumn,
  ],
});
