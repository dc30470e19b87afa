import type { Frozen, Service } from "../types.ts";
import { oldIpWarnings } from "../validation/addresses.ts";

/** What a server warns of in a Service, as Kubernetes' pkg/api/service/warnings.go has it. */
export function serviceWarnings({ metadata, spec }: Frozen<Service>): string[] {
  const warnings: string[] = [];
  const hints = "service.kubernetes.io/topology-aware-hints";
  if (metadata.annotations?.[hints] !== undefined) {
    warnings.push(`annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`);
  }
  const { type = "ClusterIP", clusterIP, externalIPs = [], externalName, loadBalancerIP, sessionAffinity } = spec;
  if (type === "ClusterIP" && clusterIP === "None") {
    if (loadBalancerIP) warnings.push("spec.loadBalancerIP is ignored for headless services");
    if (externalIPs.length > 0) warnings.push("spec.externalIPs is ignored for headless services");
    if (sessionAffinity && sessionAffinity !== "None") {
      warnings.push("spec.SessionAffinity is ignored for headless services");
    }
  }
  if (type === "ExternalName" && externalIPs.length > 0) {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (type !== "ExternalName" && externalName) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  for (const [index, ip] of (spec.clusterIPs ?? [clusterIP ?? ""]).entries())
    warnings.push(...oldIpWarnings(`spec.clusterIPs[${index}]`, ip));
  for (const [index, ip] of externalIPs.entries()) warnings.push(...oldIpWarnings(`spec.externalIPs[${index}]`, ip));
  return warnings;
}
