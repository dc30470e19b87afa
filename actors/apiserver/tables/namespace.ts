import type { Namespace } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME STATUS AGE. */
export const namespace = defineTable<Namespace>({
  group: "",
  kind: "Namespace",
  columns: [
    nameColumn,
    {
      name: "Status",
      description: "Whether the namespace is in use or about to end",
      of: ({ status }) => status.phase ?? "",
    },
    ageColumn,
  ],
});
