import type { PriorityClass } from "../../api/kinds/priority_class.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME VALUE GLOBAL-DEFAULT AGE PREEMPTIONPOLICY. */
export const priorityClass = defineTable<PriorityClass>({
  group: "scheduling.k8s.io",
  kind: "PriorityClass",
  columns: [
    nameColumn,
    { name: "Value", type: "integer", description: "How much its pods matter", of: ({ value }) => value },
    {
      name: "Global-Default",
      type: "boolean",
      description: "Whether pods that name none have it",
      of: ({ globalDefault }) => globalDefault ?? false,
    },
    ageColumn,
    {
      name: "PreemptionPolicy",
      description: "Whether its pods make room for themselves",
      of: ({ preemptionPolicy }) => preemptionPolicy ?? "",
    },
  ],
});
