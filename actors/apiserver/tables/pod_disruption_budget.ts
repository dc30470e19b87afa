import type { PodDisruptionBudget } from "../../api/kinds/pod_disruption_budget.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

const textOf = (value: number | string | undefined): string => (value === undefined ? "N/A" : String(value));

/** NAME MIN-AVAILABLE MAX-UNAVAILABLE ALLOWED-DISRUPTIONS AGE. */
export const podDisruptionBudget = defineTable<PodDisruptionBudget>({
  group: "policy",
  kind: "PodDisruptionBudget",
  columns: [
    nameColumn,
    { name: "Min Available", description: "How many pods must stay", of: ({ spec }) => textOf(spec.minAvailable) },
    { name: "Max Unavailable", description: "How many may be gone", of: ({ spec }) => textOf(spec.maxUnavailable) },
    {
      name: "Allowed Disruptions",
      type: "integer",
      description: "How many may go now",
      of: ({ status }) => status.disruptionsAllowed,
    },
    ageColumn,
  ],
});
