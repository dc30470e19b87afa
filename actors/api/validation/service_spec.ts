/**
 * The rules for services.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, duplicate, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen, Service, ServicePort, ServiceSpec } from "../types.ts";
import { ipErrors, isIpv6 } from "./addresses.ts";
import { validateLabels } from "./metadata.ts";
import { dnsLabelErrors, dnsSubdomainErrors, portNameErrors, portNumberErrors } from "./names.ts";
import { validateServiceDetails } from "./service_details.ts";

const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const affinities = ["ClientIP", "None"];
const protocols = ["SCTP", "TCP", "UDP"];
const trafficPolicies = ["Cluster", "Local"];

/** What is wrong with a service's spec. */
export function validateServiceSpec(spec: Frozen<ServiceSpec>, at: string): FieldError[] {
  return [
    ...validatePorts(spec, at),
    ...validateWords(spec, at),
    ...validateLabels(spec.selector, `${at}.selector`),
    ...validateAddresses(spec, at),
    ...validateExternal(spec, at),
    ...validateServiceDetails(spec, at),
  ];
}

function validatePorts(spec: Frozen<ServiceSpec>, at: string): FieldError[] {
  const ports = spec.ports ?? [];
  const headless = spec.clusterIP === "None";
  if (ports.length === 0 && !headless && spec.type !== "ExternalName") return [required(`${at}.ports`)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const taken = new Set<string>();
  ports.forEach((port, index) => {
    const here = `${at}.ports[${index}]`;
    addErrors(errors, validatePort(port, { at: here, needsName: ports.length > 1, names }));
    if (port.nodePort && spec.type === "ClusterIP") {
      errors.push(forbidden(`${here}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
    }
    const key = `${port.protocol}/${port.port}`;
    if (taken.has(key)) errors.push(duplicate(here, { protocol: port.protocol, port: port.port }));
    taken.add(key);
  });
  return errors;
}

function validatePort(
  port: Frozen<ServicePort>,
  context: { at: string; needsName: boolean; names: Set<string> },
): FieldError[] {
  const { at, names } = context;
  const { name = "", protocol = "", targetPort } = port;
  const errors: FieldError[] = [];
  if (name === "") {
    if (context.needsName) errors.push(required(`${at}.name`));
  } else {
    for (const text of dnsLabelErrors(name)) errors.push(invalid(`${at}.name`, name, text));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  }
  for (const text of portNumberErrors(port.port)) errors.push(invalid(`${at}.port`, port.port, text));
  if (protocol === "") errors.push(required(`${at}.protocol`));
  else if (!protocols.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, protocols));
  if (targetPort === undefined) return errors;
  const texts = typeof targetPort === "number" ? portNumberErrors(targetPort) : portNameErrors(targetPort);
  for (const text of texts) errors.push(invalid(`${at}.targetPort`, targetPort, text));
  return errors;
}

function validateWords(spec: Frozen<ServiceSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.sessionAffinity) errors.push(required(`${at}.sessionAffinity`));
  else if (!affinities.includes(spec.sessionAffinity)) {
    errors.push(notSupported(`${at}.sessionAffinity`, spec.sessionAffinity, affinities));
  }
  if (!spec.type) errors.push(required(`${at}.type`));
  else if (!types.includes(spec.type)) errors.push(notSupported(`${at}.type`, spec.type, types));
  for (const name of ["externalTrafficPolicy", "internalTrafficPolicy"] as const) {
    const policy = spec[name];
    if (policy && !trafficPolicies.includes(policy)) {
      errors.push(notSupported(`${at}.${name}`, policy, trafficPolicies));
    }
  }
  return errors;
}

function validateAddresses(spec: Frozen<ServiceSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { clusterIP = "", clusterIPs = [] } = spec;
  if (spec.type === "LoadBalancer" && clusterIP === "None") {
    errors.push(invalid(`${at}.clusterIPs[0]`, clusterIP, "may not be set to 'None' for LoadBalancer services"));
  }
  if (spec.type === "NodePort" && clusterIP === "None") {
    errors.push(invalid(`${at}.clusterIPs[0]`, clusterIP, "may not be set to 'None' for NodePort services"));
  }
  errors.push(...clusterIpErrors(spec, `${at}.clusterIPs`));
  if (clusterIPs.length > 0 && clusterIPs[0] !== clusterIP) {
    errors.push(invalid(`${at}.clusterIPs`, clusterIPs, "first value must match `clusterIP`"));
  }
  spec.externalIPs?.forEach((address, index) => {
    for (const text of ipErrors(address)) errors.push(invalid(`${at}.externalIPs[${index}]`, address, text));
  });
  return errors;
}

/** What is wrong with addresses of the cluster: `None` alone, or one of each family, in the order of the families. */
function clusterIpErrors({ clusterIPs = [], ipFamilies = [] }: Frozen<ServiceSpec>, at: string): FieldError[] {
  const errors = clusterIPs.flatMap((address, index) => {
    if (address === "None" && index === 0)
      return clusterIPs.length > 1 ? [invalid(at, clusterIPs, "'None' must be the first and only value")] : [];
    return ipErrors(address).map((text) => invalid(`${at}[${index}]`, address, text));
  });
  if (clusterIPs.length > 2) errors.push(invalid(at, clusterIPs, "may only hold up to 2 values"));
  if (errors.length > 0 || clusterIPs[0] === "None") return errors;
  const found = clusterIPs.map((address) => (isIpv6(address) ? "IPv6" : "IPv4"));
  if (clusterIPs.length > 1 && found[0] === found[1])
    errors.push(invalid(at, clusterIPs, "may specify no more than one IP for each IP family"));
  for (const [index, family] of ipFamilies.entries()) {
    const address = clusterIPs[index];
    if (address === undefined || found[index] === family) continue;
    const why = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
    errors.push(invalid(`${at}[${index}]`, address, why));
  }
  return errors;
}

function validateExternal(spec: Frozen<ServiceSpec>, at: string): FieldError[] {
  if (spec.type !== "ExternalName") return [];
  const errors: FieldError[] = [];
  if ((spec.clusterIPs ?? []).length > 0) {
    errors.push(forbidden(`${at}.clusterIPs`, "may not be set when `type` is 'ExternalName'"));
  }
  const name = (spec.externalName ?? "").replace(/\.$/, "");
  if (name === "") errors.push(required(`${at}.externalName`));
  else for (const text of dnsSubdomainErrors(name)) errors.push(invalid(`${at}.externalName`, name, text));
  return errors;
}

/** What is wrong with a change of a service. */
export function validateServiceUpdate({ spec }: Frozen<Service>, { spec: old }: Frozen<Service>): FieldError[] {
  if (spec.type === "ExternalName" || old.type === "ExternalName") return [];
  if (!old.clusterIP || spec.clusterIP === old.clusterIP) return [];
  return [invalid("spec.clusterIPs[0]", spec.clusterIPs ?? [], "may not change once set")];
}
