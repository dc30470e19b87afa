import type { KubeObject } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

/** NAME DESIRED AVAILABLE AGE */
export const scale = defineTable<Scale>({
  group: "autoscaling",
  kind: "Scale",
  columns: [
    { name: nameColumn.name, description: nameColumn.description, of: ({ metadata }) => metadata.name },
    {
      name: "Desired",
      type: "integer",
      description: "How many pods are wanted",
      of: ({ spec }) => spec?.replicas ?? 0,
    },
    {
      name: "Available",
      type: "integer",
      description: "How many pods there are",
      of: ({ status }) => status?.replicas ?? 0,
    },
    ageColumn,
  ],
});
