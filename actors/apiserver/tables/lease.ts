import type { Lease } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME HOLDER AGE. */
export const lease = defineTable<Lease>({
  group: "coordination.k8s.io",
  kind: "Lease",
  columns: [
    nameColumn,
    { name: "Holder", description: "Who holds it", of: ({ spec }) => spec.holderIdentity ?? "" },
    ageColumn,
  ],
});
