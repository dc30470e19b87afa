import { podRules as podKind } from "../../api/kinds/pod.ts";
import { notFound } from "../../api/status.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import type { PodUsage } from "../../kubelet/messages.ts";
import { itemsUnder } from "../cache/resource_cache.ts";
import { selectionOf, selects } from "../cache/selection.ts";
import { respondItem, respondStatus } from "../requests/call.ts";
import { respondList } from "../requests/respond_list.ts";
import { cacheOf } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import { answerItem, cpuQuantity, goDuration, type Measured, memoryQuantity } from "./measured.ts";
import { podMetricsKind } from "./measured_kinds.ts";
import { nodeUsage, type UsageThen, usageByPod } from "./node_usage.ts";

const { group } = podMetricsKind;

/** What pods use: `metrics.k8s.io`, as metrics-server serves it, measured by the kubelets at the moment of the question. */
export const podMetrics: Measured = {
  kind: podMetricsKind,
  serve(server, call, step) {
    const { namespace, name, query } = call;
    const selected = selectionOf({ kind: podKind, namespace, name, query, indexedField: undefined });
    if (!selected.ok) return respondStatus(call, step, selected.failure);
    const selection = selected.value;
    const cache = cacheOf(server, podKind);
    const pods: Frozen<Pod>[] = [];
    for (const item of itemsUnder(cache, selection.prefix)) {
      const pod = selects(selection, item) ? (objectOf(item) as Frozen<Pod>) : undefined;
      if (pod?.status.phase === "Running" && pod.spec.nodeName) pods.push(pod);
    }
    const nodes = pods.map(({ spec }) => spec.nodeName ?? "");
    const done: UsageThen = (usage, later) => {
      const byPod = usageByPod(usage);
      const items = pods.flatMap((pod) => metricsOf(pod, byPod.get(pod.metadata.uid ?? ""), later.nowMs));
      if (name === "") return respondList(call, later, { items, metadata: { resourceVersion: "" } });
      const [item] = items;
      const missing = notFound({ group, resource: "podmetrics" }, `${namespace}/${name}`);
      if (item) respondItem(call, later, { item });
      else respondStatus(call, later, missing);
    };
    nodeUsage(server, { nodes: nodes, done }, step);
  },
};

/** A pod is measured when all of its containers are. */
function metricsOf({ metadata }: Frozen<Pod>, usage: PodUsage | undefined, nowMs: number) {
  const containers = usage?.containers ?? [];
  if (containers.length === 0 || containers.some(({ cpuMillis }) => cpuMillis === undefined)) return [];
  const { name, namespace, labels } = metadata;
  return [
    answerItem({
      kind: "PodMetrics",
      apiVersion: `${group}/v1beta1`,
      metadata: { name, namespace, creationTimestamp: formatTime(nowMs), ...(labels && { labels }) },
      timestamp: formatTime(nowMs),
      window: goDuration(Math.max(...containers.map(({ windowMs = 0 }) => windowMs))),
      containers: containers.map(({ name: container, cpuMillis = 0, memoryBytes }) => ({
        name: container,
        usage: { cpu: cpuQuantity(cpuMillis), memory: memoryQuantity(memoryBytes) },
      })),
    }),
  ];
}
