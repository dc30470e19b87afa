import type { Secret } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME TYPE DATA AGE. */
export const secret = defineTable<Secret>({
  group: "",
  kind: "Secret",
  columns: [
    nameColumn,
    { name: "Type", description: "What it is for", of: ({ type }) => type ?? "" },
    { name: "Data", description: "How many entries it has", of: ({ data }) => String(Object.keys(data ?? {}).length) },
    ageColumn,
  ],
});
