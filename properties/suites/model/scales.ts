import type { Fields } from "../../../actors/api/types.ts";
import type { ApiRequest } from "../../../actors/apiserver/messages.ts";
import type { Step } from "../../../runtime/mod.ts";
import { loadOf } from "../../workload/autoscalers.ts";
import type { ModelApiData } from "./data.ts";
import type { ModelObject } from "./messages.ts";
import { isLabelled } from "./selected.ts";

/** The scale of a ReplicationController. */
export function scaleOf({ metadata, spec, status }: ModelObject): Fields {
  const { name, namespace, uid, resourceVersion } = metadata;
  const selector = Object.entries((spec?.selector ?? {}) as Readonly<Record<string, string>>);
  return {
    ...{ kind: "Scale", apiVersion: "autoscaling/v1", metadata: { name, namespace, uid, resourceVersion } },
    spec: { replicas: spec?.replicas ?? 1 },
    status: { replicas: status?.replicas ?? 0, selector: selector.map((each) => each.join("=")).join() },
  };
}

/** Whether a request asks what pods use. */
export const asksForMetrics = ({ group, resource }: ApiRequest): boolean =>
  group === "metrics.k8s.io" && resource === "pods";

/** What the pods that run use: the load of the one autoscaler that there is, shared by all of them. */
export function metricsOf({ objects }: ModelApiData, { namespace, query }: ApiRequest, step: Step): Fields {
  const autoscaler = [...objects].find(([key]) => key.startsWith(`horizontalpodautoscalers/${namespace}/`))?.[1];
  const pods = [...objects].flatMap(([key, pod]) => {
    const isOne = key.startsWith(`pods/${namespace}/`) && isLabelled(pod, query?.labelSelector);
    return isOne && pod.status?.phase === "Running" && !pod.metadata.deletionTimestamp ? [pod] : [];
  });
  const load = (autoscaler && loadOf(autoscaler as Parameters<typeof loadOf>[0], step.uptimeMs)) ?? 0;
  const timestamp = new Date(step.nowMs).toISOString();
  const memory = `${Math.floor((load * 1_024) / Math.max(1, pods.length))}Ki`;
  const items = pods.map(({ metadata: { name } }) => ({
    ...{ metadata: { name, namespace }, timestamp, window: "15s" },
    containers: [{ name: "main", usage: { memory } }],
  }));
  return { kind: "PodMetricsList", apiVersion: "metrics.k8s.io/v1beta1", metadata: {}, items };
}
