/**
 * Metrics as autoscaling/v1 has them in annotations: flat, where autoscaling/v2 has a metric, an object and a target.
 * Source: the conversions of kubernetes/kubernetes, pkg/apis/autoscaling/v1.
 */
import type { MetricSpec, MetricStatus, MetricTarget } from "kubernetes-types/autoscaling/v2.js";
import { present } from "../kit/present.ts";
import type { Fields } from "./types.ts";

/** What each type of metric is called by. */
const sources = {
  Object: "object",
  Pods: "pods",
  Resource: "resource",
  ContainerResource: "containerResource",
  External: "external",
} as const;

type Source = {
  readonly name?: string;
  readonly container?: string;
  readonly describedObject?: object;
  readonly metric?: { readonly name: string; readonly selector?: object };
  readonly target?: MetricTarget;
  readonly current?: Omit<MetricTarget, "type">;
};

/** A metric as the first version notes it: what is wanted of it, or what it is (`prefix`: `target`, `current`). */
export function noteOf(metric: MetricSpec | MetricStatus): Fields {
  const name = sources[metric.type as keyof typeof sources];
  const source = (metric as unknown as Record<string, Source | undefined>)[name] ?? {};
  const isTarget = source.target !== undefined;
  const { value, averageValue, averageUtilization } = source.target ?? source.current ?? {};
  const word = isTarget ? "target" : "current";
  const { metric: named, describedObject } = source;
  const mean = { [`${word}AverageUtilization`]: averageUtilization, [`${word}AverageValue`]: averageValue };
  const notes: Readonly<Record<string, Fields>> = {
    object: {
      ...{ target: describedObject, metricName: named?.name, [`${word}Value`]: value ?? "0" },
      ...present({ selector: named?.selector, averageValue }),
    },
    pods: {
      ...{ metricName: named?.name, [`${word}AverageValue`]: averageValue ?? "0" },
      ...present({ selector: named?.selector }),
    },
    resource: { name: source.name, ...present(mean) },
    containerResource: { name: source.name, ...present(mean), container: source.container },
    external: {
      metricName: named?.name,
      ...present({ metricSelector: named?.selector, [`${word}Value`]: value, [`${word}AverageValue`]: averageValue }),
    },
  };
  return { type: metric.type, [name]: notes[name] };
}

/** What a note stands for. */
export function metricOf(note: Fields, word: "target" | "current"): Fields {
  const name = sources[note.type as keyof typeof sources];
  const noted = ((name && note[name]) ?? {}) as Record<string, unknown>;
  const [value, utilization] = [noted[`${word}Value`], noted[`${word}AverageUtilization`]];
  const averageValue = name === "object" ? noted.averageValue : noted[`${word}AverageValue`];
  const type = utilization !== undefined ? "Utilization" : typeOf(name, { value, averageValue });
  const figures = present({ value, averageValue, averageUtilization: utilization });
  const measured = { [word]: word === "target" ? { type, ...figures } : figures };
  const selector = noted.selector ?? noted.metricSelector;
  const metric = { name: noted.metricName, ...present({ selector }) };
  const kinds: Readonly<Record<string, Fields>> = {
    object: { describedObject: noted.target, metric, ...measured },
    pods: { metric, ...measured },
    resource: { name: noted.name, ...measured },
    containerResource: { name: noted.name, container: noted.container, ...measured },
    external: { metric, ...measured },
  };
  return name ? { type: note.type, [name]: kinds[name] } : note;
}

function typeOf(
  name: string | undefined,
  { value, averageValue }: { readonly value: unknown; readonly averageValue: unknown },
): string {
  const isValue = name === "object" ? averageValue === undefined : name === "external" && value !== undefined;
  return isValue ? "Value" : "AverageValue";
}
