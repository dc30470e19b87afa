import type { NetworkPolicy } from "../../api/kinds/network_policy.ts";
import { formatLabelSelector } from "../../api/label_selector.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME POD-SELECTOR AGE. */
export const networkPolicy = defineTable<NetworkPolicy>({
  group: "networking.k8s.io",
  kind: "NetworkPolicy",
  columns: [
    nameColumn,
    {
      name: "Pod-Selector",
      description: "Which pods it is about",
      of: ({ spec }) => formatLabelSelector(spec.podSelector),
    },
    ageColumn,
  ],
});
