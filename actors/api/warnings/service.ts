import type { Frozen, Service } from "../types.ts";
import { addressWarnings, cidrWarnings } from "./addresses.ts";

/** What a server warns of in a Service, as Kubernetes' pkg/api/service/warnings.go has it. */
export function* serviceWarnings({ metadata, spec }: Frozen<Service>): Generator<string> {
  const hints = "service.kubernetes.io/topology-aware-hints";
  if (metadata.annotations?.[hints] !== undefined) {
    yield `annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`;
  }
  const { type = "ClusterIP", clusterIP, externalIPs = [], externalName, loadBalancerIP, sessionAffinity } = spec;
  const isHeadless = type === "ClusterIP" && clusterIP === "None";
  const clusterIps = clusterIP === "None" ? [] : (spec.clusterIPs ?? []);
  for (const [index, address] of clusterIps.entries()) yield* addressWarnings(address, `spec.clusterIPs[${index}]`);
  if (isHeadless) {
    if (loadBalancerIP) yield "spec.loadBalancerIP is ignored for headless services";
    if (externalIPs.length > 0) yield "spec.externalIPs is ignored for headless services";
    if (sessionAffinity && sessionAffinity !== "None") yield "spec.SessionAffinity is ignored for headless services";
  }
  for (const [index, address] of externalIPs.entries()) yield* addressWarnings(address, `spec.externalIPs[${index}]`);
  if (loadBalancerIP) yield* addressWarnings(loadBalancerIP, "spec.loadBalancerIP");
  for (const [index, cidr] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    yield* cidrWarnings(cidr, `spec.loadBalancerSourceRanges[${index}]`);
  }
  if (type === "ExternalName" && externalIPs.length > 0) {
    yield 'spec.externalIPs is ignored when spec.type is "ExternalName"';
  }
  if (type !== "ExternalName" && externalName) {
    yield 'spec.externalName is ignored when spec.type is not "ExternalName"';
  }
}
