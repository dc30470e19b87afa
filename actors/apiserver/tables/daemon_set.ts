import type { DaemonSet } from "../../api/kinds/daemon_set.ts";
import { formatLabelSelector } from "../../api/label_selector.ts";
import { ageColumn, defineTable, labelsText, nameColumn } from "./printing/columns.ts";
import { containersColumn, imagesColumn } from "./printing/containers.ts";

/** NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE-SELECTOR AGE, and with `-o wide` what it runs. */
export const daemonSet = defineTable<DaemonSet>({
  group: "apps",
  kind: "DaemonSet",
  columns: [
    nameColumn,
    {
      name: "Desired",
      type: "integer",
      description: "How many nodes it suits",
      of: ({ status }) => status.desiredNumberScheduled,
    },
    {
      name: "Current",
      type: "integer",
      description: "How many of these have a pod of it",
      of: ({ status }) => status.currentNumberScheduled,
    },
    { name: "Ready", type: "integer", description: "How many pods are ready", of: ({ status }) => status.numberReady },
    {
      name: "Up-to-date",
      type: "integer",
      description: "How many pods have the wanted template",
      of: ({ status }) => status.updatedNumberScheduled ?? 0,
    },
    {
      name: "Available",
      type: "integer",
      description: "How many pods have been ready for long enough",
      of: ({ status }) => status.numberAvailable ?? 0,
    },
    {
      name: "Node Selector",
      description: "Which nodes it is for",
      of: ({ spec }) => labelsText(spec.template.spec?.nodeSelector),
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
