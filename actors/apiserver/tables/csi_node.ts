import type { CSINode } from "../../api/kinds/csi_node.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME DRIVERS AGE. */
export const csiNode = defineTable<CSINode>({
  group: "storage.k8s.io",
  kind: "CSINode",
  columns: [
    nameColumn,
    {
      name: "Drivers",
      type: "integer",
      description: "How many drivers it has",
      of: ({ spec }) => (spec.drivers ?? []).length,
    },
    ageColumn,
  ],
});
