import type { StatefulSet } from "../../api/kinds/stateful_set.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";
import { containersColumn, imagesColumn } from "./printing/containers.ts";

/** NAME READY AGE, and with `-o wide` what it runs. */
export const statefulSet = defineTable<StatefulSet>({
  group: "apps",
  kind: "StatefulSet",
  columns: [
    nameColumn,
    {
      name: "Ready",
      description: "How many of the wanted pods are ready",
      of: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    ageColumn,
    containersColumn,
    imagesColumn,
  ],
});
