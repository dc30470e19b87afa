import { defineKind, type PrinterColumn } from "../../api/kind.ts";
import type { Fields } from "../../api/types.ts";

const group = "metrics.k8s.io";
const version = "v1beta1";
const schemas = `io.k8s.metrics.pkg.apis.metrics.${version}`;

function column(name: string, description: string, of: (status: Fields) => unknown): PrinterColumn {
  return {
    ...{ name, type: "string", format: "", priority: 0, description },
    of: (object) => String(of((object as { readonly status: Fields }).status) ?? ""),
  };
}

/** What pods use. */
export const podMetricsKind = defineKind({
  group,
  version,
  kind: "PodMetrics",
  plural: "pods",
  singular: "pod",
  verbs: ["get", "list"],
  schema: `${schemas}.PodMetrics`,
});

/** What nodes use. */
export const nodeMetricsKind = defineKind({
  group,
  version,
  kind: "NodeMetrics",
  plural: "nodes",
  singular: "node",
  namespaced: false,
  verbs: ["get", "list"],
  schema: `${schemas}.NodeMetrics`,
});

/** How the control loops are doing: `troupe controllers` shows it. */
export const controllersKind = defineKind({
  group: "kubetroupe.dev",
  kind: "Controller",
  plural: "controllers",
  namespaced: false,
  verbs: ["list"],
  schema: "dev.kubetroupe.v1.Controller",
  printerColumns: [
    column("State", "Whether it acts", (status) => status.state),
    column("Queued", "Keys that wait", (status) => status.queued),
    column("Reconciles", "Plans that were made", (status) => status.reconciles),
    column("Writes", "Writes that were done", (status) => status.writes),
    column("Restarts", "How often it was started again", (status) => status.restarts),
  ],
});

/** How the parts of the control plane are. */
export const componentStatusKind = defineKind({
  kind: "ComponentStatus",
  plural: "componentstatuses",
  shortNames: ["cs"],
  namespaced: false,
  verbs: ["get", "list"],
  schema: "io.k8s.api.core.v1.ComponentStatus",
  deprecation: "v1 ComponentStatus is deprecated in v1.19+",
});

/** The kinds that are measured when somebody asks, as discovery shows them. */
export const measuredKinds = [componentStatusKind, nodeMetricsKind, podMetricsKind, controllersKind] as const;
