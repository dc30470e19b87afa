import type { EndpointSlice, KubeList, Node, Service } from "../../actors/api/types.ts";
import { familyOf } from "../../actors/kit/ip_number.ts";
import { createChangeTracker } from "../../actors/kube_proxy/change_tracker.ts";
import { printIptables } from "../../actors/kube_proxy/iptables_save.ts";
import { isInCidrs } from "../../actors/network/ip.ts";
import { kubeconfigClient } from "../cluster/kubeconfig_client.ts";
import { networkPlan } from "../cluster/network_plan.ts";

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
  const rules = [...tracker.rules.values()];
  const settings = { node: name, nodeIps, clusterCidr: podRanges(node) };
  const families = [...new Set(nodeIps.map(familyOf))];
  return families.map((family) => printIptables(rules, settings, family)).join("");
}

/** All that pods may have where a cluster was told nothing of it; else what is known of it here: the node's own part. */
function podRanges({ spec }: Node): string {
  const own = spec.podCIDRs ?? [];
  const { clusterCidr } = networkPlan({ ipFamilies: own.map(familyOf) });
  const isUsual = own.every((range) => isInCidrs(clusterCidr, range.split("/")[0] ?? ""));
  return isUsual ? clusterCidr : own.join(",");
}
