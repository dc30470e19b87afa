import type { Ingress } from "../../api/kinds/ingress.ts";
import type { Frozen } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME CLASS HOSTS ADDRESS PORTS AGE. */
export const ingress = defineTable<Ingress>({
  group: "networking.k8s.io",
  kind: "Ingress",
  columns: [
    nameColumn,
    { name: "Class", description: "Who serves it", of: ({ spec }) => spec.ingressClassName ?? "<none>" },
    { name: "Hosts", description: "The hosts that it is for", of: hostsOf },
    {
      name: "Address",
      description: "Where it is served",
      of: ({ status }) =>
        (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "").join(","),
    },
    {
      name: "Ports",
      description: "The ports that it is served at",
      of: ({ spec }) => ((spec.tls ?? []).length > 0 ? "80, 443" : "80"),
    },
    ageColumn,
  ],
});

const hostsShownMax = 3;

function hostsOf({ spec }: Frozen<Ingress>): string {
  const hosts = (spec.rules ?? []).map(({ host }) => host ?? "").filter((host) => host !== "");
  if (hosts.length === 0) return "*";
  const shown = hosts.slice(0, hostsShownMax).join(",");
  return hosts.length > hostsShownMax ? `${shown} + ${hosts.length - hostsShownMax} more...` : shown;
}
