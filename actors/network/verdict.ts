import type { ServicePortRule } from "../kube_proxy/messages.ts";

/** What becomes of traffic to a cluster IP (`internal`), or to any other address (`external`) from outside. */
export function verdictOf(rule: ServicePortRule, traffic: "internal" | "external"): "forward" | "reject" | "drop" {
  if (!rule.hasEndpoints) return "reject";
  const policy = traffic === "internal" ? rule.internalPolicy : rule.externalPolicy;
  return policy === "Local" && rule.local.length === 0 ? "drop" : "forward";
}

/** Whether anything but the cluster IP leads to the Service. */
export function isExternal({ nodePort, externalIps, loadBalancerIps }: ServicePortRule): boolean {
  return nodePort !== 0 || externalIps.length > 0 || loadBalancerIps.length > 0;
}
