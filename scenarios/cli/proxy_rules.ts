import type { ServiceCIDR } from "../../actors/api/kinds/service_cidr.ts";
import type { EndpointSlice, KubeList, Node, Service } from "../../actors/api/types.ts";
import { familyOf, type IpFamily } from "../../actors/kit/ip_number.ts";
import { createChangeTracker } from "../../actors/kube_proxy/change_tracker.ts";
import { printIptables } from "../../actors/kube_proxy/iptables_save.ts";
import type { NodeSettings, ServicePortRule } from "../../actors/kube_proxy/messages.ts";
import { nftablesOf } from "../../actors/kube_proxy/nftables.ts";
import { printRuleset } from "../../actors/kube_proxy/ruleset.ts";
import { isInCidrs } from "../../actors/network/ip.ts";
import { type KubeconfigClient, kubeconfigClient } from "../cluster/kubeconfig_client.ts";
import { networkPlan } from "../cluster/network_plan.ts";

/** What a node's kube-proxy makes of what the API shows now. */
export interface NodeRules {
  readonly rules: readonly ServicePortRule[];
  readonly settings: NodeSettings & { readonly serviceCidrs: readonly string[] };
  /** Of its addresses. */
  readonly families: readonly IpFamily[];
}

/** Where the rules of a node come from. */
export const ruleSources = {
  services: "/api/v1/services",
  slices: "/apis/discovery.k8s.io/v1/endpointslices",
} as const;

/** The text for `iptables-restore`, or the commands for `nft -f`, of a node's rules. */
export async function proxyRules(name: string, kubeconfig: string, format: "iptables" | "nftables"): Promise<string> {
  const { rules, settings, families } = await readRules(await kubeconfigClient(kubeconfig), name);
  const own = { ...settings, table: "kube-proxy", comment: "rules for kube-proxy" };
  const print = (family: IpFamily) =>
    format === "nftables" ? printRuleset(nftablesOf(rules, own, family)) : printIptables(rules, settings, family);
  return families.map(print).join("");
}

/** Makes the rules of a node from what the API shows now, by the code that its kube-proxy runs. */
export async function readRules(client: KubeconfigClient, name: string): Promise<NodeRules> {
  const [node, services, slices, ranges] = await Promise.all([
    client.get<Node>(`/api/v1/nodes/${encodeURIComponent(name)}`),
    client.get<KubeList<Service>>(ruleSources.services),
    client.get<KubeList<EndpointSlice>>(ruleSources.slices),
    client.get<KubeList<ServiceCIDR>>("/apis/networking.k8s.io/v1/servicecidrs"),
  ]);
  const tracker = createChangeTracker(name);
  tracker.setZone(node.metadata.labels?.["topology.kubernetes.io/zone"]);
  for (const service of services.items) tracker.setService(service);
  for (const slice of slices.items) tracker.setSlice(slice);
  tracker.take();
  const nodeIps = (node.status.addresses ?? [])
    .filter(({ type }) => type === "InternalIP")
    .map(({ address }) => address);
  const serviceCidrs = ranges.items.flatMap(({ spec }) => spec.cidrs ?? []);
  return {
    rules: [...tracker.rules.values()],
    settings: { node: name, nodeIps, clusterCidr: podRanges(node), serviceCidrs },
    families: [...new Set(nodeIps.map(familyOf))],
  };
}

/** All that pods may have where a cluster was told nothing of it; else what is known of it here: the node's own part. */
function podRanges({ spec }: Node): string {
  const own = spec.podCIDRs ?? [];
  const { clusterCidr } = networkPlan({ ipFamilies: own.map(familyOf) });
  const isUsual = own.every((range) => isInCidrs(clusterCidr, range.split("/")[0] ?? ""));
  return isUsual ? clusterCidr : own.join(",");
}
