/**
 * The rules for how a service is reached from outside, by which families of addresses, and by whom.
 */
import { addErrors, duplicate, type FieldError, forbidden, invalid, notSupported } from "../field_error.ts";
import type { Frozen, ServiceSpec } from "../types.ts";
import { cidrErrors, isIpv4, isIpv6, specialText } from "./addresses.ts";
import { labelKeyErrors, portNumberErrors } from "./names.ts";

const kubeletPort = 10_250;
const affinitySecondsMax = 86_400;
const families = ["IPv4", "IPv6"];
const familyPolicies = ["PreferDualStack", "RequireDualStack", "SingleStack"];
const distributions = ["PreferClose", "PreferSameNode", "PreferSameZone"];

/** What is wrong with what a service says beside its ports and addresses. */
export function validateServiceDetails(spec: Frozen<ServiceSpec>, at: string): FieldError[] {
  return [
    ...affinityErrors(spec, `${at}.sessionAffinityConfig`),
    ...nodePortErrors(spec, `${at}.ports`),
    ...specialAddressErrors(spec, `${at}.externalIPs`),
    ...balancerErrors(spec, at),
    ...externalErrors(spec, at),
    ...familyErrors(spec, at),
  ];
}

function affinityErrors({ sessionAffinity, sessionAffinityConfig }: Frozen<ServiceSpec>, at: string): FieldError[] {
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (sessionAffinity !== "ClientIP" || seconds === undefined) return [];
  if (seconds > 0 && seconds <= affinitySecondsMax) return [];
  const text = `must be greater than 0 and less than ${affinitySecondsMax}`;
  return [invalid(`${at}.clientIP.timeoutSeconds`, seconds, text)];
}

function nodePortErrors({ ports = [], type }: Frozen<ServiceSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { port, nodePort, protocol, appProtocol }] of ports.entries()) {
    const here = `${at}[${index}]`;
    if (type === "LoadBalancer" && port === kubeletPort) {
      errors.push(invalid(here, port, `may not expose port ${kubeletPort} externally since it is used by kubelet`));
    }
    if (appProtocol !== undefined) {
      for (const text of labelKeyErrors(appProtocol)) errors.push(invalid(`${here}.appProtocol`, appProtocol, text));
    }
    if (!nodePort) continue;
    const key = `${protocol}/${nodePort}`;
    if (seen.has(key)) errors.push(duplicate(`${here}.nodePort`, nodePort));
    seen.add(key);
  }
  return errors;
}

function specialAddressErrors({ externalIPs = [] }: Frozen<ServiceSpec>, at: string): FieldError[] {
  return externalIPs.flatMap((address, index) => {
    const text = isIpv4(address) || isIpv6(address) ? specialText(address) : undefined;
    return text === undefined ? [] : [invalid(`${at}[${index}]`, address, text)];
  });
}

function balancerErrors(spec: Frozen<ServiceSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const isBalanced = spec.type === "LoadBalancer";
  const text = "may only be used when `type` is 'LoadBalancer'";
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const field = `${at}.LoadBalancerSourceRanges`;
  if (ranges.length > 0 && !isBalanced) errors.push(forbidden(field, text));
  for (const [index, range] of ranges.entries()) {
    for (const wrong of cidrErrors(range.trim())) errors.push(invalid(`${field}[${index}]`, range.trim(), wrong));
  }
  if (!isBalanced && spec.allocateLoadBalancerNodePorts !== undefined) {
    errors.push(forbidden(`${at}.allocateLoadBalancerNodePorts`, text));
  }
  const { loadBalancerClass } = spec;
  if (loadBalancerClass === undefined) return errors;
  if (!isBalanced) return [...errors, forbidden(`${at}.loadBalancerClass`, text)];
  for (const wrong of labelKeyErrors(loadBalancerClass)) {
    errors.push(invalid(`${at}.loadBalancerClass`, loadBalancerClass, wrong));
  }
  return errors;
}

function externalErrors(spec: Frozen<ServiceSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type, externalTrafficPolicy: policy, healthCheckNodePort: port, externalIPs = [] } = spec;
  const isExternal = type === "LoadBalancer" || type === "NodePort" || (type === "ClusterIP" && externalIPs.length > 0);
  if (policy && !isExternal) {
    errors.push(invalid(`${at}.externalTrafficPolicy`, policy, "may only be set for externally-accessible services"));
  }
  if (port) {
    const field = `${at}.healthCheckNodePort`;
    if (type !== "LoadBalancer" || policy !== "Local") {
      const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
      errors.push(invalid(field, port, text));
    } else for (const text of portNumberErrors(port)) errors.push(invalid(field, port, text));
  }
  // Newer than the types are.
  const { trafficDistribution } = spec as { readonly trafficDistribution?: string };
  if (trafficDistribution !== undefined && !distributions.includes(trafficDistribution)) {
    errors.push(notSupported(`${at}.trafficDistribution`, trafficDistribution, distributions));
  }
  return errors;
}

/** What is wrong with the families of addresses that a service wants. */
export function familyErrors({ type, ipFamilies = [], ipFamilyPolicy }: Frozen<ServiceSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (type === "ExternalName") {
    const text = "may not be set for ExternalName services";
    if (ipFamilies.length > 0) errors.push(forbidden(`${at}.ipFamilies`, text));
    if (ipFamilyPolicy !== undefined) errors.push(forbidden(`${at}.ipFamilyPolicy`, text));
    return errors;
  }
  const seen = new Set<string>();
  for (const [index, family] of ipFamilies.entries()) {
    const here = `${at}.ipFamilies[${index}]`;
    if (!families.includes(family)) errors.push(notSupported(here, family, families));
    if (seen.has(family)) errors.push(duplicate(here, family));
    seen.add(family);
  }
  if (ipFamilyPolicy !== undefined && !familyPolicies.includes(ipFamilyPolicy)) {
    addErrors(errors, [notSupported(`${at}.ipFamilyPolicy`, ipFamilyPolicy, familyPolicies)]);
  }
  return errors;
}
