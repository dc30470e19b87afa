import type { MetricSpec, MetricStatus } from "kubernetes-types/autoscaling/v2.js";
import { toAutoscalerV2 } from "../../api/autoscaler_conversion.ts";
import type { HorizontalPodAutoscaler } from "../../api/kinds/horizontal_pod_autoscaler.ts";
import type { Frozen } from "../../api/types.ts";
import { ageColumn, defineTable, nameColumn } from "./printing/columns.ts";

/** NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE. */
export const horizontalPodAutoscaler = defineTable<HorizontalPodAutoscaler>({
  group: "autoscaling",
  kind: "HorizontalPodAutoscaler",
  columns: [
    nameColumn,
    {
      name: "Reference",
      description: "What it scales",
      of: ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    },
    { name: "Targets", description: "What is measured, and what is wanted", of: targetsOf },
    { name: "MinPods", description: "The least number", of: ({ spec }) => String(spec.minReplicas ?? "<unset>") },
    { name: "MaxPods", type: "integer", description: "The largest number", of: ({ spec }) => spec.maxReplicas },
    {
      name: "Replicas",
      type: "integer",
      description: "The number that there is",
      of: ({ status }) => status.currentReplicas ?? 0,
    },
    ageColumn,
  ],
});

const shownMax = 2;

function targetsOf(object: Frozen<HorizontalPodAutoscaler>): string {
  const { spec, status } = object.apiVersion === "autoscaling/v1" ? toAutoscalerV2(object as never) : object;
  const metrics = spec.metrics ?? [];
  if (metrics.length === 0) return "<none>";
  const texts = metrics.slice(0, shownMax).map((metric, index) => targetOf(metric, status.currentMetrics?.[index]));
  const more = metrics.length - shownMax;
  return more > 0 ? `${texts.join(", ")} + ${more} more...` : texts.join(", ");
}

function targetOf(metric: Frozen<MetricSpec>, current: Frozen<MetricStatus> | undefined): string {
  const source = metric.resource ?? metric.containerResource ?? metric.pods ?? metric.object ?? metric.external;
  const measured =
    current?.resource ?? current?.containerResource ?? current?.pods ?? current?.object ?? current?.external;
  const { averageUtilization, averageValue, value } = source?.target ?? { type: "" };
  const is = measured?.current;
  const name = source !== undefined && "name" in source ? `${source.name}: ` : "";
  if (averageUtilization !== undefined) {
    const now = is?.averageUtilization;
    return `${name}${now === undefined ? "<unknown>" : `${now}%`}/${averageUtilization}%`;
  }
  if (averageValue !== undefined) {
    const suffix = metric.external !== undefined || metric.object !== undefined ? " (avg)" : "";
    return `${name}${is?.averageValue ?? "<unknown>"}/${averageValue}${suffix}`;
  }
  return `${name}${is?.value ?? "<unknown>"}/${value ?? "<auto>"}`;
}
