import type { RuntimeClass } from "../../api/kinds/runtime_class.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME HANDLER AGE. */
export const runtimeClass = defineTable<RuntimeClass>({
  group: "node.k8s.io",
  kind: "RuntimeClass",
  columns: [
    nameColumn,
    { name: "Handler", description: "What runs its pods", of: ({ handler }) => handler },
    ageColumn,
  ],
});
