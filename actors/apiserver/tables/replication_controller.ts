import type { ReplicationController } from "../../api/kinds/replication_controller.ts";
import { ageColumn, defineTable, labelsText, nameColumn } from "./printing/columns.ts";
import { containersColumn, imagesColumn } from "./printing/containers.ts";

/** NAME DESIRED CURRENT READY AGE, and with `-o wide` what it runs. */
export const replicationController = defineTable<ReplicationController>({
  group: "",
  kind: "ReplicationController",
  columns: [
    nameColumn,
    { name: "Desired", type: "integer", description: "How many pods are wanted", of: ({ spec }) => spec.replicas ?? 0 },
    { name: "Current", type: "integer", description: "How many pods there are", of: ({ status }) => status.replicas },
    {
      name: "Ready",
      type: "integer",
      description: "How many pods are ready",
      of: ({ status }) => status.readyReplicas ?? 0,
    },
    ageColumn,
    containersColumn,
    imagesColumn,
    { name: "Selector", wide: true, description: "Which pods it counts", of: ({ spec }) => labelsText(spec.selector) },
  ],
});
