import type { APIService } from "../../api/kinds/api_service.ts";
import type { Frozen } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME SERVICE AVAILABLE AGE. */
export const apiService = defineTable<APIService>({
  group: "apiregistration.k8s.io",
  kind: "APIService",
  columns: [
    nameColumn,
    {
      name: "Service",
      description: "Who serves it",
      of: ({ spec }) => (spec.service === undefined ? "Local" : `${spec.service.namespace}/${spec.service.name}`),
    },
    { name: "Available", description: "Whether it answers", of: availableOf },
    ageColumn,
  ],
});

function availableOf({ status }: Frozen<APIService>): string {
  const condition = status.conditions?.find(({ type }) => type === "Available");
  if (condition === undefined) return "Unknown";
  return condition.status === "True" ? "True" : `${condition.status} (${condition.reason})`;
}
