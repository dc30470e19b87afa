import type { ConfigMap } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME DATA AGE. */
export const configMap = defineTable<ConfigMap>({
  group: "",
  kind: "ConfigMap",
  columns: [
    nameColumn,
    {
      name: "Data",
      description: "How many entries it has",
      of: ({ data, binaryData }) => String(Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length),
    },
    ageColumn,
  ],
});
