import type { NetUsage } from "../../../runtime/mod.ts";
import { type HealthState, healthChecks } from "../http/health.ts";
import type { Server } from "../server.ts";
import { histogramText, type MetricHead, metricText, type Sample } from "./exposition.ts";
import { fairnessText } from "./fairness_text.ts";

function head(name: string, type: MetricHead["type"], help: string): MetricHead {
  return { name, type, help };
}

/**
 * The metrics of a server in Prometheus' text format, under Kubernetes' names.
 *
 * @see https://kubernetes.io/docs/reference/instrumentation/metrics/
 */
export function metricsText(
  server: Server,
  { state, usage }: { readonly state: HealthState; readonly usage: NetUsage | undefined },
): string {
  return [
    requestsText(server),
    watchesText(server),
    fairnessText(server),
    storageText(server),
    healthText(server, state),
    usage ? processText(usage) : "",
  ].join("");
}

function requestsText({ requests }: Server): string {
  const series = [...requests.series.values()];
  const totals = series.flatMap(({ labels, codes }) =>
    [...codes].map(([code, value]): Sample => ({ labels: { code: String(code), ...labels }, value })),
  );
  return [
    metricText(
      head(
        "apiserver_request_total",
        "counter",
        "Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.",
      ),
      totals,
    ),
    histogramText(
      head(
        "apiserver_request_duration_seconds",
        "histogram",
        "Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.",
      ),
      series.map(({ labels, durations }) => ({ labels, histogram: durations })),
    ),
  ].join("");
}

function watchesText({ watchers }: Server): string {
  const byKind = new Map<string, Sample & { value: number }>();
  for (const { selection } of watchers.all.values()) {
    const { group, version, plural } = selection.kind;
    const key = `${group}/${version}/${plural}`;
    const labels = {
      component: "apiserver",
      group,
      resource: plural,
      scope: "",
      subresource: "",
      verb: "WATCH",
      version,
    };
    const own = byKind.get(key) ?? { labels, value: 0 };
    byKind.set(key, { ...own, value: own.value + 1 });
  }
  return metricText(
    head(
      "apiserver_longrunning_requests",
      "gauge",
      "Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component.",
    ),
    [...byKind.values()],
  );
}

/** What etcd calls what a store is asked. */
const operations: Readonly<Record<string, string>> = {
  "store.range": "list",
  "store.txn": "update",
  "store.compact": "compact",
  "store.watch": "watch",
};

function storageText({ caches, store }: Server): string {
  const objects = [...caches.values()].map(({ kind, items }): Sample => {
    const resource = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
    return { labels: { resource }, value: items.size };
  });
  return [
    metricText(
      head("apiserver_storage_objects", "gauge", "Number of stored objects at the time of last check split by kind."),
      objects,
    ),
    histogramText(
      head("etcd_request_duration_seconds", "histogram", "Etcd request latency in seconds for each operation."),
      [...store.durations].map(([type, histogram]) => ({ labels: { operation: operations[type] ?? type }, histogram })),
    ),
  ].join("");
}

/** Each check of each health path, as `/metrics/slis` has them, too. */
export function healthText(server: Server, state: HealthState): string {
  const samples = Object.entries(healthChecks).flatMap(([type, checks]) =>
    checks.map((check): Sample => {
      const isWell = check.failing(server, state) === undefined;
      return { labels: { name: check.name, type }, value: isWell ? 1 : 0 };
    }),
  );
  return metricText(
    head("kubernetes_healthcheck", "gauge", "This metric records the result of a single healthcheck."),
    samples,
  );
}

function processText({ cpuSeconds, residentBytes, virtualBytes, heapBytes, startSeconds }: NetUsage): string {
  const values: readonly (readonly [MetricHead, number])[] = [
    [head("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds."), cpuSeconds],
    [head("process_resident_memory_bytes", "gauge", "Resident memory size in bytes."), residentBytes],
    [head("process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes."), virtualBytes],
    [
      head("process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds."),
      startSeconds,
    ],
    [head("nodejs_heap_size_used_bytes", "gauge", "Process heap size used from Node.js in bytes."), heapBytes],
  ];
  return values.map(([metric, value]) => metricText(metric, [{ value }])).join("");
}
