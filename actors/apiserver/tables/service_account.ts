import type { ServiceAccount } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME SECRETS AGE. */
export const serviceAccount = defineTable<ServiceAccount>({
  group: "",
  kind: "ServiceAccount",
  columns: [
    nameColumn,
    {
      name: "Secrets",
      description: "How many secrets its pods may use",
      of: ({ secrets }) => String((secrets ?? []).length),
    },
    ageColumn,
  ],
});
