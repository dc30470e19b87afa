import { defineKind } from "../../api/kind.ts";

const group = "metrics.k8s.io";
const version = "v1beta1";
const schemas = `io.k8s.metrics.pkg.apis.metrics.${version}`;

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

/** The kinds that are measured when somebody asks, as discovery shows them. */
export const measuredKinds = [nodeMetricsKind, podMetricsKind] as const;
