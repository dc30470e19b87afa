/**
 * Autoscalers between autoscaling/v1, which knows the processor's load alone and keeps the rest in annotations, and
 * autoscaling/v2, in which they are stored.
 */

import type {
  HorizontalPodAutoscalerSpec as SpecV1,
  HorizontalPodAutoscalerStatus as StatusV1,
} from "kubernetes-types/autoscaling/v1.js";
import type { HorizontalPodAutoscalerSpec, MetricSpec, MetricStatus } from "kubernetes-types/autoscaling/v2.js";
import { present } from "../kit/present.ts";
import { metricOf, noteOf } from "./autoscaler_notes.ts";
import type { HorizontalPodAutoscaler } from "./kinds/horizontal_pod_autoscaler.ts";
import { type Fields, type Frozen, type KubeObject, thaw } from "./types.ts";

/** An autoscaler in its first version. */
export interface HorizontalPodAutoscalerV1 extends KubeObject {
  spec: SpecV1;
  status: StatusV1;
}

const prefix = "autoscaling.alpha.kubernetes.io/";
const kept = ["metrics", "behavior", "current-metrics", "conditions"] as const;

const isCpu = (metric: MetricSpec): boolean =>
  metric.type === "Resource" &&
  metric.resource?.name === "cpu" &&
  metric.resource.target.averageUtilization !== undefined;

/** The stored form of what a client of v1 wrote. */
export function toAutoscalerV2(object: Frozen<HorizontalPodAutoscalerV1>): Frozen<HorizontalPodAutoscaler> {
  const { metadata, spec, status } = thaw<HorizontalPodAutoscalerV1>(object);
  const noted = notesOf(metadata.annotations);
  for (const each of kept) delete metadata.annotations?.[prefix + each];
  if (metadata.annotations !== undefined && Object.keys(metadata.annotations).length === 0) delete metadata.annotations;
  const { targetCPUUtilizationPercentage: percent, ...rest } = spec;
  const metrics = listIn(noted.metrics).map((each) => metricOf(each, "target") as unknown as MetricSpec);
  if (percent !== undefined) {
    const target = { type: "Utilization", averageUtilization: percent };
    metrics.push({ type: "Resource", resource: { name: "cpu", target } });
  }
  const { currentCPUUtilizationPercentage: current, ...told } = status ?? { currentReplicas: 0, desiredReplicas: 0 };
  const currents = listIn(noted["current-metrics"]);
  const currentMetrics = currents.map((each) => metricOf(each, "current") as unknown as MetricStatus);
  if (current !== undefined) {
    currentMetrics.push({
      type: "Resource",
      resource: { name: "cpu", current: { averageUtilization: current } },
    });
  }
  return {
    apiVersion: "autoscaling/v2",
    kind: object.kind,
    metadata,
    spec: {
      ...rest,
      ...(metrics.length === 0 ? {} : { metrics }),
      ...(noted.behavior === undefined ? {} : { behavior: noted.behavior as object }),
    } as HorizontalPodAutoscalerSpec,
    status: {
      ...told,
      currentMetrics: currentMetrics.length === 0 ? null : currentMetrics,
      ...present({ conditions: noted.conditions }),
    },
  } as unknown as Frozen<HorizontalPodAutoscaler>;
}

/** The stored form as a client of v1 sees it. */
export function toAutoscalerV1(object: Frozen<HorizontalPodAutoscaler>): Frozen<HorizontalPodAutoscalerV1> {
  const { metadata, spec, status } = thaw<HorizontalPodAutoscaler>(object);
  const { metrics = [], behavior, ...rest } = spec;
  const cpu = metrics.find(isCpu);
  const others = metrics.filter((each) => each !== cpu);
  const { currentMetrics, conditions, ...told } = status ?? {};
  const current = (currentMetrics ?? []).find(
    (each) => each.resource?.name === "cpu" && each.resource.current.averageUtilization !== undefined,
  );
  const otherCurrents = (currentMetrics ?? []).filter((each) => each !== current);
  const notes = {
    metrics: others.length === 0 ? undefined : others.map(noteOf),
    behavior,
    "current-metrics": otherCurrents.length === 0 ? undefined : otherCurrents.map(noteOf),
    conditions,
  };
  for (const [name, value] of Object.entries(notes)) {
    if (value === undefined) continue;
    metadata.annotations = { ...metadata.annotations, [prefix + name]: JSON.stringify(value) };
  }
  const percent = cpu?.resource?.target.averageUtilization;
  return {
    apiVersion: "autoscaling/v1",
    kind: object.kind,
    metadata,
    spec: { ...rest, ...present({ targetCPUUtilizationPercentage: percent }) },
    status: {
      currentReplicas: 0,
      ...told,
      ...(current === undefined
        ? {}
        : { currentCPUUtilizationPercentage: current.resource?.current.averageUtilization ?? 0 }),
    },
  } as unknown as Frozen<HorizontalPodAutoscalerV1>;
}

function listIn(noted: unknown): readonly Fields[] {
  return Array.isArray(noted) ? noted.filter((each) => typeof each === "object" && each !== null) : [];
}

/** What annotations carry; what cannot be read there is a client's own business. */
function notesOf(annotations: Readonly<Record<string, string>> | undefined): Partial<Record<string, unknown>> {
  const notes: Record<string, unknown> = {};
  for (const name of kept) {
    const text = annotations?.[prefix + name];
    if (text === undefined) continue;
    try {
      notes[name] = JSON.parse(text);
    } catch {
      notes[name] = undefined;
    }
  }
  return notes;
}
