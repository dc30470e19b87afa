/**
 * The rules for services.
 */

import type { FieldError } from "../field_error.ts";
import { addErrors, duplicate, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Frozen, Service, ServicePort, ServiceSpec } from "../types.ts";
import { isIpv6, oldIpErrors } from "./addresses.ts";
import { validateLabels } from "./metadata.ts";
import { dnsLabelErrors, dnsSubdomainErrors, portNameErrors, portNumberErrors } from "./names.ts";
import { familyErrors, validateServiceDetails } from "./service_details.ts";

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
  const { clusterIP = "" } = spec;
  if (spec.type === "LoadBalancer" && clusterIP === "None") {
    errors.push(invalid(`${at}.clusterIPs[0]`, clusterIP, "may not be set to 'None' for LoadBalancer services"));
  }
  if (spec.type === "NodePort" && clusterIP === "None") {
    errors.push(invalid(`${at}.clusterIPs[0]`, clusterIP, "may not be set to 'None' for NodePort services"));
  }
  errors.push(...clusterIpErrors(spec, `${at}.clusterIPs`), ...syncErrors(spec, at));
  spec.externalIPs?.forEach((address, index) => {
    for (const text of oldIpErrors(address)) errors.push(invalid(`${at}.externalIPs[${index}]`, address, text));
  });
  return errors;
}

/** What is wrong with a service's addresses and their families: what is looked at before it is given any. */
export function validateFamilies(spec: Frozen<ServiceSpec>, at: string): FieldError[] {
  if (spec.type === "ExternalName") return [];
  return [...syncErrors(spec, at), ...familyErrors(spec, at), ...clusterIpErrors(spec, `${at}.clusterIPs`)];
}

/** The first of the addresses is also told by itself. */
function syncErrors({ clusterIP = "", clusterIPs = [] }: Frozen<ServiceSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (clusterIP === "" && clusterIPs.length > 0) {
    errors.push(invalid(`${at}.clusterIPs`, clusterIPs, "must be empty when `clusterIP` is not specified"));
  } else if (clusterIPs.length > 0 && clusterIPs[0] !== clusterIP) {
    errors.push(invalid(`${at}.clusterIPs`, clusterIPs, "first value must match `clusterIP`"));
  }
  return errors;
}

/** What is wrong with addresses of the cluster: `None` alone, or one of each family, in the order of the families. */
function clusterIpErrors({ clusterIPs = [], ipFamilies = [] }: Frozen<ServiceSpec>, at: string): FieldError[] {
  const errors = clusterIPs.flatMap((address, index) => {
    if (address === "None" && index === 0)
      return clusterIPs.length > 1 ? [invalid(at, clusterIPs, "'None' must be the first and only value")] : [];
    return oldIpErrors(address).map((text) => invalid(`${at}[${index}]`, address, text));
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

/** What is wrong with a change of a service: what it has in the first place stays, and of two it only lets go of the second. */
export function validateServiceUpdate({ spec }: Frozen<Service>, { spec: old }: Frozen<Service>): FieldError[] {
  return [...familyChangeErrors(spec, old), ...balancerChangeErrors(spec, old)];
}

function familyChangeErrors(spec: Frozen<ServiceSpec>, old: Frozen<ServiceSpec>): FieldError[] {
  if (spec.type === "ExternalName" || old.type === "ExternalName") return [];
  if (isHeadless(spec) && isHeadless(old)) return [];
  const errors = listErrors(spec, { field: "clusterIPs", now: spec.clusterIPs ?? [], before: idsOf(old) });
  if (isHeadless(spec) !== isHeadless(old)) return errors;
  const [now, before] = [spec.ipFamilies ?? [], old.ipFamilies ?? []];
  return [...errors, ...listErrors(spec, { field: "ipFamilies", now, before })];
}

/** Who balances a service, and where nodes tell of their health, stays as long as it is balanced. */
function balancerChangeErrors(spec: Frozen<ServiceSpec>, old: Frozen<ServiceSpec>): FieldError[] {
  if (spec.type !== "LoadBalancer" || old.type !== "LoadBalancer") return [];
  const errors: FieldError[] = [];
  if (spec.loadBalancerClass !== old.loadBalancerClass) {
    errors.push(invalid("spec.loadBalancerClass", spec.loadBalancerClass ?? null, "may not change once set"));
  }
  const isLocal = [spec, old].every(({ externalTrafficPolicy }) => externalTrafficPolicy === "Local");
  if (isLocal && (spec.healthCheckNodePort ?? 0) !== (old.healthCheckNodePort ?? 0)) {
    errors.push(forbidden("spec.healthCheckNodePort", "field is immutable"));
  }
  return errors;
}

function idsOf({ clusterIP, clusterIPs = clusterIP ? [clusterIP] : [] }: Frozen<ServiceSpec>): readonly string[] {
  return clusterIPs;
}

function isHeadless({ clusterIP, clusterIPs = clusterIP ? [clusterIP] : [] }: Frozen<ServiceSpec>): boolean {
  return clusterIPs.length === 1 && clusterIPs[0] === "None";
}

interface ListChange {
  readonly field: "clusterIPs" | "ipFamilies";
  readonly now: readonly string[];
  readonly before: readonly string[];
}

function listErrors(spec: Frozen<ServiceSpec>, { field, now, before }: ListChange): FieldError[] {
  const one = field === "clusterIPs" ? "clusterIP" : "ipFamily";
  // Kubernetes shows the addresses for the families, where their number changes.
  const shown = now.length === before.length ? now : (spec.clusterIPs ?? []);
  const changed = (index: number) => invalid(`spec.${field}[${index}]`, shown, "may not change once set");
  if (now.length === before.length) {
    return before.flatMap((each, index) => (each === now[index] ? [] : [changed(field === "clusterIPs" ? index : 0)]));
  }
  const errors: FieldError[] = [];
  if (now.length === 0) errors.push(invalid(`spec.${field}[0]`, now, `primary ${one} can not be unset`));
  if (before.length > 0 && now.length > 0 && now[0] !== before[0]) errors.push(changed(0));
  if (now.length < before.length && now.length === 1 && spec.ipFamilyPolicy !== "SingleStack") {
    const why = `must be set to 'SingleStack' when releasing the secondary ${one}`;
    errors.push(invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy ?? null, why));
  }
  return errors;
}
