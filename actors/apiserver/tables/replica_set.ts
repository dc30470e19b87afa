import { formatLabelSelector } from "../../api/label_selector.ts";
import type { ReplicaSet } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";
import { containersColumn, imagesColumn } from "./printing/containers.ts";

/** NAME DESIRED CURRENT READY AGE, and with `-o wide` what it runs. */
export const replicaSet = defineTable<ReplicaSet>({
  group: "apps",
  kind: "ReplicaSet",
  columns: [
    nameColumn,
    { name: "Desired", type: "integer", description: "How many pods are wanted", of: ({ spec }) => spec.replicas ?? 0 },
    {
      name: "Current",
      type: "integer",
      description: "How many pods there are",
      of: ({ status }) => status.replicas ?? 0,
    },
    {
      name: "Ready",
      type: "integer",
      description: "How many pods are ready",
      of: ({ status }) => status.readyReplicas ?? 0,
    },
    ageColumn,
    containersColumn,
    imagesColumn,
    {
      name: "Selector",
      wide: true,
      description: "Which pods it counts",
      of: ({ spec }) => formatLabelSelector(spec.selector),
    },
  ],
});
