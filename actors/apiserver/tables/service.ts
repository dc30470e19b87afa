import type { Frozen, Service } from "../../api/types.ts";
import { ageColumn, defineTable, labelsText, nameColumn } from "./printing/columns.ts";

/** NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE, and with `-o wide` its selector. */
export const service = defineTable<Service>({
  group: "",
  kind: "Service",
  columns: [
    nameColumn,
    { name: "Type", description: "How the service is reached", of: ({ spec }) => spec.type ?? "" },
    {
      name: "Cluster-IP",
      description: "The address within the cluster",
      of: ({ spec }) => spec.clusterIPs?.[0] || spec.clusterIP || "<none>",
    },
    { name: "External-IP", description: "The addresses from outside", of: externalOf },
    { name: "Port(s)", description: "The ports, with their node ports and protocols", of: portsOf },
    ageColumn,
    { name: "Selector", wide: true, description: "Which pods serve it", of: ({ spec }) => labelsText(spec.selector) },
  ],
});

function externalOf({ spec, status }: Frozen<Service>): string {
  const own = (spec.externalIPs ?? []).join(",");
  if (spec.type === "ExternalName") return spec.externalName ?? "";
  if (spec.type !== "LoadBalancer") return own || "<none>";
  const balancers = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
  const both = [...balancers.filter((each) => each !== ""), ...(spec.externalIPs ?? [])];
  return both.length === 0 ? "<pending>" : both.join(",");
}

function portsOf({ spec }: Frozen<Service>): string {
  const ports = (spec.ports ?? []).map(({ port, nodePort, protocol }) => {
    const number = nodePort ? `${port}:${nodePort}` : String(port);
    return `${number}/${protocol ?? "TCP"}`;
  });
  return ports.length === 0 ? "<none>" : ports.join(",");
}
