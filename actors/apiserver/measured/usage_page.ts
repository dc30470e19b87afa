import { formatTime } from "../../api/time.ts";
import type { NodeUsage } from "../../kubelet/messages.ts";

/** The paths under which a kubelet tells what its pods use. */
export const usagePaths = ["/stats/summary", "/metrics", "/metrics/resource", "/runningpods"] as const;

/** What a kubelet shows under such a path. */
export function usagePage(
  path: Exclude<(typeof usagePaths)[number], "/runningpods">,
  node: string,
  { usage, nowMs }: { readonly usage: NodeUsage; readonly nowMs: number },
) {
  if (path === "/stats/summary")
    return { contentType: "application/json", body: JSON.stringify(summaryOf(node, usage, nowMs)) };
  const body = path === "/metrics" ? ownMetrics(node, usage) : resourceMetrics(usage, nowMs);
  return { contentType: "text/plain; version=0.0.4; charset=utf-8", body };
}

function sum(usage: NodeUsage, of: (container: NodeUsage["pods"][number]["containers"][number]) => number): number {
  return usage.pods.flatMap(({ containers }) => containers).reduce((all, each) => all + of(each), 0);
}

const nanosOfMs = 1_000_000;

/** A `Summary` of `k8s.io/kubelet/pkg/apis/stats/v1alpha1`, as far as computers know of it. */
function summaryOf(nodeName: string, usage: NodeUsage, nowMs: number): object {
  const time = formatTime(nowMs);
  const cpu = (millis: number, totalMs: number) => ({
    time,
    usageNanoCores: millis * nanosOfMs,
    usageCoreNanoSeconds: Math.round(totalMs * nanosOfMs),
  });
  const memory = (bytes: number) => ({ time, usageBytes: bytes, workingSetBytes: bytes });
  const pods = usage.pods.map(({ name, namespace, uid, containers }) => ({
    podRef: { name, namespace, uid },
    containers: containers.map((each) => ({
      name: each.name,
      cpu: cpu(each.cpuMillis ?? 0, each.cpuMs),
      memory: memory(each.memoryBytes),
    })),
  }));
  const node = {
    nodeName,
    cpu: cpu(
      sum(usage, ({ cpuMillis = 0 }) => cpuMillis),
      sum(usage, ({ cpuMs }) => cpuMs),
    ),
    memory: memory(sum(usage, ({ memoryBytes }) => memoryBytes)),
  };
  return { node, pods };
}

/** What metrics-server scrapes, in the format of Prometheus. */
function resourceMetrics(usage: NodeUsage, nowMs: number): string {
  const lines = [
    ...family(
      "container_cpu_usage_seconds_total",
      "counter",
      "Cumulative cpu time consumed by the container in core-seconds",
    ),
    ...usage.pods.flatMap(({ namespace, name, containers }) =>
      containers.map(
        (each) =>
          `container_cpu_usage_seconds_total{container="${each.name}",namespace="${namespace}",pod="${name}"} ${each.cpuMs / 1000} ${nowMs}`,
      ),
    ),
    ...family("container_memory_working_set_bytes", "gauge", "Current working set of the container in bytes"),
    ...usage.pods.flatMap(({ namespace, name, containers }) =>
      containers.map(
        (each) =>
          `container_memory_working_set_bytes{container="${each.name}",namespace="${namespace}",pod="${name}"} ${each.memoryBytes} ${nowMs}`,
      ),
    ),
    ...family("node_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the node in core-seconds"),
    `node_cpu_usage_seconds_total ${sum(usage, ({ cpuMs }) => cpuMs) / 1000} ${nowMs}`,
    ...family("node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes"),
    `node_memory_working_set_bytes ${sum(usage, ({ memoryBytes }) => memoryBytes)} ${nowMs}`,
    ...family("resource_scrape_error", "gauge", "1 if there was an error while getting container metrics, 0 otherwise"),
    "resource_scrape_error 0",
  ];
  return `${lines.join("\n")}\n`;
}

/** What a kubelet counts of its own work, as far as is known here. */
function ownMetrics(node: string, { pods }: NodeUsage): string {
  const containers = pods.reduce((all, each) => all + each.containers.length, 0);
  const lines = [
    ...alphaFamily("kubelet_node_name", "gauge", "The node's name. The count is always 1."),
    `kubelet_node_name{node="${node}"} 1`,
    ...alphaFamily("kubelet_running_containers", "gauge", "Number of containers currently running"),
    `kubelet_running_containers{container_state="running"} ${containers}`,
    ...alphaFamily("kubelet_running_pods", "gauge", "Number of pods that have a running pod sandbox"),
    `kubelet_running_pods ${pods.length}`,
  ];
  return `${lines.join("\n")}\n`;
}

function family(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} [STABLE] ${help}`, `# TYPE ${name} ${type}`];
}

/** One that Kubernetes may change yet. */
function alphaFamily(name: string, type: string, help: string): string[] {
  return family(name, type, help).map((line) => line.replace("[STABLE]", "[ALPHA]"));
}
