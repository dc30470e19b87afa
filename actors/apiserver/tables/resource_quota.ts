import type { ResourceQuota } from "../../api/kinds/resource_quota.ts";
import { type Frozen, ownValue } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME REQUEST LIMIT AGE. */
export const resourceQuota = defineTable<ResourceQuota>({
  group: "",
  kind: "ResourceQuota",
  columns: [
    nameColumn,
    {
      name: "Request",
      description: "What is used of what may be asked for",
      of: (quota) => usedOf(quota, (name) => !isLimit(name)),
    },
    { name: "Limit", description: "What is used of the limits", of: (quota) => usedOf(quota, isLimit) },
    ageColumn,
  ],
});

const isLimit = (name: string): boolean => name.startsWith("limits.");

function usedOf({ status }: Frozen<ResourceQuota>, counts: (name: string) => boolean): string {
  return Object.keys(status.hard ?? {})
    .filter(counts)
    .sort()
    .map((name) => `${name}: ${ownValue(status.used, name) ?? "0"}/${ownValue(status.hard, name)}`)
    .join(", ");
}
