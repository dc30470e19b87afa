import type { Pod } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";
import { restartsText, summarizePod } from "./printing/pod_status.ts";

/** NAME READY STATUS RESTARTS AGE, and with `-o wide` where it runs. */
export const pod = defineTable<Pod>({
  group: "",
  kind: "Pod",
  columns: [
    nameColumn,
    {
      name: "Ready",
      description: "How many of the pod's containers are ready",
      of: (object) => {
        const { ready, total } = summarizePod(object);
        return `${ready}/${total}`;
      },
    },
    { name: "Status", description: "What the pod is doing", of: (object) => summarizePod(object).status },
    {
      name: "Restarts",
      description: "How often containers of the pod were started again, and when last",
      of: (object, nowMs) => restartsText(summarizePod(object), nowMs),
    },
    ageColumn,
    {
      name: "IP",
      wide: true,
      description: "The pod's address",
      of: ({ status }) => status.podIPs?.[0]?.ip || status.podIP || "<none>",
    },
    {
      name: "Node",
      wide: true,
      description: "The node that the pod is bound to",
      of: ({ spec }) => spec.nodeName || "<none>",
    },
    {
      name: "Nominated Node",
      wide: true,
      description: "The node on which room is being made for the pod",
      of: ({ status }) => status.nominatedNodeName || "<none>",
    },
    {
      name: "Readiness Gates",
      wide: true,
      description: "How many of the pod's readiness gates are true",
      of: ({ spec, status }) => {
        const gates = spec.readinessGates ?? [];
        const isTrue = (gate: string) =>
          (status.conditions ?? []).some((each) => each.type === gate && each.status === "True");
        return gates.length === 0
          ? "<none>"
          : `${gates.filter(({ conditionType }) => isTrue(conditionType)).length}/${gates.length}`;
      },
    },
  ],
});
