import type { Step } from "../../../runtime/mod.ts";
import { defineKind, groupVersionOf, type KindDefinition } from "../../api/kind.ts";
import { configMapRules as configMap } from "../../api/kinds/config_map.ts";
import { matchesLabels, parseLabelSelector } from "../../api/label_selector.ts";
import { canonicalQuantity, parseQuantity } from "../../api/quantity.ts";
import { badRequest, notFoundPath, unknownFailure } from "../../api/status.ts";
import { formatTime } from "../../api/time.ts";
import { type ConfigMap, type Frozen, type KubeObject, ownValue } from "../../api/types.ts";
import { itemsUnder } from "../cache/resource_cache.ts";
import { selectionOf, selects } from "../cache/selection.ts";
import { type Call, respondStatus, respondText } from "../requests/call.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import type { Measured } from "./measured.ts";

/** The annotation of an object that says what it reports: this, and the metric's name. */
const metricAnnotation = "metrics.kubetroupe.dev/";
/** The label of a ConfigMap whose data are metrics from outside of the cluster; its other labels are theirs. */
const externalMetricsLabel = "kubetroupe.dev/external-metrics";

/**
 * `custom.metrics.k8s.io/v1beta2`: what objects report of themselves. Nothing of it is measured here: whoever runs a
 * workload writes the value on the object, as the annotation `metrics.kubetroupe.dev/METRIC`, where a real cluster has an
 * adapter for its monitoring.
 */
export const customMetrics: Measured = {
  kind: defineKind({
    group: "custom.metrics.k8s.io",
    version: "v1beta2",
    kind: "MetricValueList",
    plural: "metrics",
    verbs: ["get"],
    schema: "io.k8s.metrics.pkg.apis.custom_metrics.v1beta2.MetricValueList",
  }),
  serve: serveCustom,
};

/** `external.metrics.k8s.io/v1beta1`: values that have no object in the cluster; a ConfigMap with the label has them. */
export const externalMetrics: Measured = {
  kind: defineKind({
    group: "external.metrics.k8s.io",
    version: "v1beta1",
    kind: "ExternalMetricValueList",
    plural: "externalmetrics",
    verbs: ["list"],
    schema: "io.k8s.metrics.pkg.apis.external_metrics.v1beta1.ExternalMetricValueList",
  }),
  serve: serveExternal,
};

/** Which objects and which metric a path names: `pods/NAME/METRIC`, `pods/*\/METRIC`, of a namespace `metrics/METRIC`. */
function serveCustom(server: Server, call: Call, step: Step) {
  const { resource, name = "", namespace = "", subresource } = call.request;
  const isOfNamespace = resource === "metrics" && subresource === undefined;
  const metric = isOfNamespace ? name : (subresource ?? "");
  const plural = isOfNamespace ? "namespaces" : resource;
  const kind = server.served.stored.kinds.find((each) => isNamed(each, plural));
  if (!kind || metric === "") return respondStatus(call, step, notFoundPath());
  const objectName = isOfNamespace ? namespace : name === "*" ? "" : name;
  const place = { namespace: kind.namespaced ? namespace : "", name: objectName };
  const selected = selectionOf({ kind, ...place, query: selectorOf(call), indexedField: undefined });
  if (!selected.ok) return respondStatus(call, step, selected.failure);
  const items: object[] = [];
  for (const item of itemsUnder(cacheOf(server, kind), selected.value.prefix)) {
    if (!selects(selected.value, item)) continue;
    const object = objectOf(item);
    const value = quantityOf(object.metadata.annotations?.[`${metricAnnotation}${metric}`]);
    if (value !== undefined) items.push(metricValue(object, { metric, value, nowMs: step.nowMs }));
  }
  if (items.length === 0) {
    const what = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
    const message = `the server could not find the metric ${metric} for ${what}${objectName === "" ? "" : ` ${objectName}`}`;
    return respondStatus(call, step, unknownFailure(message, { code: 404, reason: "NotFound" }));
  }
  respondValues(call, step, items);
}

function isNamed(kind: KindDefinition, plural: string): boolean {
  const dot = plural.indexOf(".");
  return dot < 0
    ? kind.plural === plural
    : kind.plural === plural.slice(0, dot) && kind.group === plural.slice(dot + 1);
}

/** Only which objects are meant; what else a query says is not about them. */
function selectorOf({ query }: Call): Readonly<Record<string, string>> {
  return query.labelSelector === undefined ? {} : { labelSelector: query.labelSelector };
}

interface Value {
  readonly metric: string;
  readonly value: string;
  readonly nowMs: number;
}

function metricValue({ apiVersion, kind, metadata }: Frozen<KubeObject>, { metric, value, nowMs }: Value): object {
  const { namespace, name } = metadata;
  return {
    describedObject: { kind, ...(namespace && { namespace }), name, apiVersion },
    metric: { name: metric, selector: null },
    timestamp: formatTime(nowMs),
    value,
  };
}

function quantityOf(text: string | undefined): string | undefined {
  return text === undefined || parseQuantity(text) === undefined ? undefined : canonicalQuantity(text);
}

function serveExternal(server: Server, call: Call, step: Step) {
  const { resource: metric, namespace = "", query = {} } = call.request;
  const wanted = parseLabelSelector(query.labelSelector ?? "");
  if (!wanted.ok) return respondStatus(call, step, badRequest(wanted.failure));
  const items: object[] = [];
  for (const item of itemsUnder(cacheOf(server, configMap), `${configMap.storagePrefix}/${namespace}/`)) {
    const { metadata, data = {} } = objectOf(item) as Frozen<ConfigMap>;
    const { [externalMetricsLabel]: mark, ...metricLabels } = metadata.labels ?? {};
    const value = mark === undefined ? undefined : quantityOf(ownValue(data, metric));
    if (value === undefined || !matchesLabels(wanted.value, metricLabels)) continue;
    items.push({ metricName: metric, metricLabels, timestamp: formatTime(step.nowMs), value });
  }
  respondValues(call, step, items);
}

function respondValues(call: Call, step: Step, items: readonly object[]) {
  const { kind } = call;
  const body = JSON.stringify({ kind: kind.kind, apiVersion: groupVersionOf(kind), metadata: {}, items });
  respondText(call, step, { code: 200, body });
}
