import { nodeRules as nodeKind } from "../../api/kinds/node.ts";
import { notFound } from "../../api/status.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import type { NodeUsage } from "../../kubelet/messages.ts";
import { itemsUnder } from "../cache/resource_cache.ts";
import { selectionOf, selects } from "../cache/selection.ts";
import { respondItem, respondStatus } from "../requests/call.ts";
import { respondList } from "../requests/respond_list.ts";
import { cacheOf } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import { answerItem, cpuQuantity, goDuration, type Measured, memoryQuantity } from "./measured.ts";
import { nodeMetricsKind } from "./measured_kinds.ts";
import { nodeUsage, type UsageThen } from "./node_usage.ts";

const { group } = nodeMetricsKind;
/** The window of a node that has no pods. */
const windowMsDefault = 10_000;

/** What nodes use: the sum of what their pods use, since kubelets and the rest of a computer are not played. */
export const nodeMetrics: Measured = {
  kind: nodeMetricsKind,
  serve(server, call, step) {
    const { name, query } = call;
    const selected = selectionOf({ kind: nodeKind, namespace: "", name, query, indexedField: undefined });
    if (!selected.ok) return respondStatus(call, step, selected.failure);
    const selection = selected.value;
    const nodes: Frozen<KubeObject>[] = [];
    for (const item of itemsUnder(cacheOf(server, nodeKind), selection.prefix)) {
      if (selects(selection, item)) nodes.push(objectOf(item));
    }
    const names = nodes.map(({ metadata }) => metadata.name);
    const done: UsageThen = (usage, later) => {
      const items = nodes.flatMap((node) => metricsOf(node, usage.get(node.metadata.name), later.nowMs));
      if (name === "") return respondList(call, later, { items, metadata: { resourceVersion: "" } });
      const [item] = items;
      if (item) respondItem(call, later, { item });
      else respondStatus(call, later, notFound({ group, resource: "nodemetrics" }, name));
    };
    nodeUsage(server, { nodes: names, done }, step);
  },
};

function metricsOf({ metadata }: Frozen<KubeObject>, usage: NodeUsage | undefined, nowMs: number) {
  if (!usage) return [];
  const { name, labels } = metadata;
  const containers = usage.pods.flatMap((pod) => pod.containers);
  const sum = (of: (each: (typeof containers)[number]) => number) =>
    containers.reduce((all, each) => all + of(each), 0);
  const windowMs = Math.max(0, ...containers.map((each) => each.windowMs ?? 0)) || windowMsDefault;
  return [
    answerItem({
      kind: "NodeMetrics",
      apiVersion: `${group}/v1beta1`,
      metadata: { name, creationTimestamp: formatTime(nowMs), ...(labels && { labels }) },
      timestamp: formatTime(nowMs),
      window: goDuration(windowMs),
      usage: {
        cpu: cpuQuantity(sum(({ cpuMillis = 0 }) => cpuMillis)),
        memory: memoryQuantity(sum(({ memoryBytes }) => memoryBytes)),
      },
    }),
  ];
}
