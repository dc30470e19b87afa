import type { FlowSchema } from "../../api/kinds/flow_schema.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME PRIORITYLEVEL MATCHINGPRECEDENCE DISTINGUISHERMETHOD AGE MISSINGPL. */
export const flowSchema = defineTable<FlowSchema>({
  group: "flowcontrol.apiserver.k8s.io",
  kind: "FlowSchema",
  columns: [
    nameColumn,
    {
      name: "PriorityLevel",
      description: "The priority that requests get",
      of: ({ spec }) => spec.priorityLevelConfiguration.name,
    },
    {
      name: "MatchingPrecedence",
      type: "integer",
      description: "When it is looked at",
      of: ({ spec }) => spec.matchingPrecedence ?? 0,
    },
    {
      name: "DistinguisherMethod",
      description: "How its requests are told apart",
      of: ({ spec }) => spec.distinguisherMethod?.type ?? "<none>",
    },
    ageColumn,
    {
      name: "MissingPL",
      description: "Whether its priority is missing",
      of: ({ status }) => status.conditions?.find(({ type }) => type === "Dangling")?.status ?? "?",
    },
  ],
});
