import type { MetricSpec } from "kubernetes-types/autoscaling/v2.js";
import { all as kinds } from "../../../api/kinds/all.ts";
import { formatLabelSelector } from "../../../api/label_selector.ts";
import { millisOf } from "../../../api/quantity.ts";
import { parseTime } from "../../../api/time.ts";
import type { Frozen, LabelSelector } from "../../../api/types.ts";
import type { Kind } from "../../../client/api_request.ts";
import type { Outcome } from "../../../client/outcome.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import { groupOf } from "../../scales/scaled_kind.ts";
import type { PodMetric, PodMetrics } from "./pod_groups.ts";

/** Where a metric is read. */
export interface MetricRead {
  readonly kind: Kind;
  readonly name: string;
  readonly subresource?: string;
  readonly query: Readonly<Record<string, string>>;
}

/** What was read: of each pod, or one value for all, in thousandths. */
export interface Reading {
  readonly pods: PodMetrics;
  readonly value: number;
}

/** Without a window of its own a metric spans a minute. */
const windowMsDefault = 60_000;

function source(group: string, version: string, plural: string): Kind {
  return { group, version, kind: "", plural, namespaced: true };
}

/** Where a metric of a target is read, whose pods `labelSelector` selects. */
export function metricRead(spec: Frozen<MetricSpec>, labelSelector: string): MetricRead {
  const { pods, object, external } = spec;
  if (pods) {
    const query = { labelSelector, ...metricSelector(pods.metric.selector) };
    return { kind: custom("pods"), name: "*", subresource: pods.metric.name, query };
  }
  if (object) {
    const { describedObject, metric } = object;
    const query = metricSelector(metric.selector);
    // What a namespace itself reports has a path of its own.
    if (describedObject.kind === "Namespace") return { kind: custom("metrics"), name: metric.name, query };
    return { kind: custom(resourceOf(describedObject)), name: describedObject.name, subresource: metric.name, query };
  }
  if (external) {
    const { selector, name } = external.metric;
    const query = selector ? { labelSelector: formatLabelSelector(selector as Frozen<LabelSelector>) } : {};
    return { kind: source("external.metrics.k8s.io", "v1beta1", name), name: "", query };
  }
  return { kind: source("metrics.k8s.io", "v1beta1", "pods"), name: "", query: { labelSelector } };
}

function custom(plural: string): Kind {
  return source("custom.metrics.k8s.io", "v1beta2", plural);
}

function metricSelector(selector: object | undefined): Readonly<Record<string, string>> {
  return selector ? { metricLabelSelector: formatLabelSelector(selector as Frozen<LabelSelector>) } : {};
}

function resourceOf(object: { readonly apiVersion?: string; readonly kind: string }): string {
  const group = groupOf(object);
  const known = kinds.find((each) => each.kind === object.kind && each.group === group);
  const plural = known?.plural ?? `${object.kind.toLowerCase()}s`;
  return group === "" ? plural : `${plural}.${group}`;
}

interface ResourceItem {
  readonly metadata: { readonly name: string };
  readonly timestamp: string;
  readonly window: string;
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

interface ValueItem {
  readonly describedObject?: { readonly name: string };
  readonly timestamp: string;
  readonly value: string;
}

/** What an answer says of a metric, or why there is nothing, in the words of Kubernetes' client for metrics. */
export function readingOf(spec: Frozen<MetricSpec>, outcome: Outcome<unknown>): Result<Reading, string> {
  const { resource, containerResource, external } = spec;
  const api = external ? "external" : resource || containerResource ? "resource" : "custom";
  if (!outcome.ok) return failed(`unable to fetch metrics from ${api} metrics API: ${outcome.failure.message}`);
  const { items = [] } = outcome.value as { readonly items?: readonly unknown[] };
  if (items.length === 0) return failed(`no metrics returned from ${api} metrics API`);
  if (api === "resource") {
    const name = resource?.name ?? containerResource?.name ?? "";
    const pods = podMetrics(items as readonly ResourceItem[], name, containerResource?.container ?? "");
    return pods.size === 0 ? failed(`no metrics returned from ${api} metrics API`) : ok({ pods, value: 0 });
  }
  const values = items as readonly ValueItem[];
  const pods = new Map(values.map((each) => [each.describedObject?.name ?? "", metricOf(each)] as const));
  return ok({ pods, value: values.reduce((sum, { value }) => sum + millisOf(value), 0) });
}

/** A pod counts when all containers that are asked about are measured. */
function podMetrics(items: readonly ResourceItem[], resource: string, container: string): PodMetrics {
  const found = new Map<string, PodMetric>();
  for (const { metadata, timestamp, window, containers } of items) {
    const asked = containers.filter(({ name }) => container === "" || name === container);
    if (asked.length === 0 || asked.some(({ usage }) => usage[resource] === undefined)) continue;
    const value = asked.reduce((sum, { usage }) => sum + millisOf(usage[resource]), 0);
    found.set(metadata.name, { value, atMs: parseTime(timestamp) ?? 0, windowMs: durationMs(window) });
  }
  return found;
}

function metricOf({ timestamp, value }: ValueItem): PodMetric {
  return { value: millisOf(value), atMs: parseTime(timestamp) ?? 0, windowMs: windowMsDefault };
}

/** A duration as Go writes it: `1m15.2s`. */
function durationMs(text: string): number {
  const [, hours = "0", minutes = "0", seconds = "0"] = /^(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s)?$/.exec(text) ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
