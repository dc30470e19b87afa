import type { EndpointSlice, KubeList, Node, Service } from "../../actors/api/types.ts";
import { createChangeTracker } from "../../actors/kube_proxy/change_tracker.ts";
import { printIptables } from "../../actors/kube_proxy/iptables_save.ts";
import { kubeconfigClient } from "../cluster/kubeconfig_client.ts";
import { clusterCidr } from "../cluster/network_plan.ts";

/** What a kube-proxy writes to its node a moment later: made from what the API shows now, by the code that it runs. */
export async function proxyRules(name: string, kubeconfig: string): Promise<string> {
  const client = await kubeconfigClient(kubeconfig);
  const [node, services, slices] = await Promise.all([
    client.get<Node>(`/api/v1/nodes/${encodeURIComponent(name)}`),
    client.get<KubeList<Service>>("/api/v1/services"),
    client.get<KubeList<EndpointSlice>>("/apis/discovery.k8s.io/v1/endpointslices"),
  ]);
  const tracker = createChangeTracker(name);
  tracker.setZone(node.metadata.labels?.["topology.kubernetes.io/zone"]);
  for (const service of services.items) tracker.setService(service);
  for (const slice of slices.items) tracker.setSlice(slice);
  tracker.take();
  const nodeIps = (node.status.addresses ?? [])
    .filter(({ type }) => type === "InternalIP")
    .map(({ address }) => address);
  return printIptables(tracker.rules.values(), { node: name, nodeIps, clusterCidr });
}
