import { formatLabelSelector } from "../../api/label_selector.ts";
import type { Deployment } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";
import { containersColumn, imagesColumn } from "./printing/containers.ts";

/** NAME READY UP-TO-DATE AVAILABLE AGE, and with `-o wide` what it runs. */
export const deployment = defineTable<Deployment>({
  group: "apps",
  kind: "Deployment",
  columns: [
    nameColumn,
    {
      name: "Ready",
      description: "How many of the wanted pods are ready",
      of: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    {
      name: "Up-to-date",
      type: "integer",
      description: "How many pods have the wanted template",
      of: ({ status }) => status.updatedReplicas ?? 0,
    },
    {
      name: "Available",
      type: "integer",
      description: "How many pods have been ready for long enough",
      of: ({ status }) => status.availableReplicas ?? 0,
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
