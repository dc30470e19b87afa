import type { PriorityLevelConfiguration } from "../../api/kinds/priority_level_configuration.ts";
import type { Frozen } from "../../api/types.ts";
import { ageColumn, type Cell, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME TYPE NOMINALCONCURRENCYSHARES QUEUES HANDSIZE QUEUELENGTHLIMIT AGE. */
export const priorityLevelConfiguration = defineTable<PriorityLevelConfiguration>({
  group: "flowcontrol.apiserver.k8s.io",
  kind: "PriorityLevelConfiguration",
  columns: [
    nameColumn,
    { name: "Type", description: "Whether it is limited", of: ({ spec }) => spec.type },
    {
      name: "NominalConcurrencyShares",
      description: "Its share of a server",
      of: ({ spec }) => spec.limited?.nominalConcurrencyShares ?? spec.exempt?.nominalConcurrencyShares ?? "<none>",
    },
    { name: "Queues", description: "How many queues it has", of: (object) => queuing(object, "queues") },
    { name: "HandSize", description: "How many a request may be in", of: (object) => queuing(object, "handSize") },
    { name: "QueueLengthLimit", description: "How long they get", of: (object) => queuing(object, "queueLengthLimit") },
    ageColumn,
  ],
});

function queuing(
  { spec }: Frozen<PriorityLevelConfiguration>,
  field: "queues" | "handSize" | "queueLengthLimit",
): Cell {
  return spec.limited?.limitResponse?.queuing?.[field] ?? "<none>";
}
