import type { IngressBackend, IngressSpec, IngressStatus } from "kubernetes-types/networking/v1.js";
import { addErrors, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { isIpv4, isIpv6 } from "../validation/addresses.ts";
import {
  dns1035LabelErrors,
  dnsSubdomainErrors,
  portNameErrors,
  portNumberErrors,
  wildcardSubdomainErrors,
} from "../validation/names.ts";

/** Rules by which requests from outside reach Services. */
export interface Ingress extends KubeObject {
  spec: IngressSpec;
  status: IngressStatus;
}

const pathTypes = ["Exact", "ImplementationSpecific", "Prefix"];

/** Ingresses: which host and path leads to which Service. */
export const ingress = nameKind<Ingress>({
  group: "networking.k8s.io",
  kind: "Ingress",
  plural: "ingresses",
  shortNames: ["ing"],
  storagePrefix: "/registry/ingress",
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const ingressRules = /* @__PURE__ */ withRules(ingress, {
  schema: "io.k8s.api.networking.v1.Ingress",

  prepareForCreate(draft) {
    draft.status = { loadBalancer: {} };
  },

  validate: ({ spec }) => validateSpec(spec, "spec"),
});

function validateSpec(spec: Frozen<IngressSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { rules = [], defaultBackend, ingressClassName } = spec;
  if (rules.length === 0 && defaultBackend === undefined) {
    const text = "either `defaultBackend` or `rules` must be specified";
    errors.push(invalid(at, rules, text));
  }
  if (defaultBackend !== undefined) addErrors(errors, validateBackend(defaultBackend, `${at}.defaultBackend`));
  rules.forEach((rule, index) => {
    const here = `${at}.rules[${index}]`;
    const { host = "", http } = rule;
    if (host !== "") addErrors(errors, validateHost(host, `${here}.host`));
    if (http === undefined) return;
    if ((http.paths ?? []).length === 0) errors.push(required(`${here}.http.paths`));
    http.paths?.forEach(({ path = "", pathType, backend }, which) => {
      const there = `${here}.http.paths[${which}]`;
      addErrors(errors, validatePath(path, { pathType, at: there }));
      if (backend === undefined) errors.push(required(`${there}.backend`));
      else addErrors(errors, validateBackend(backend, `${there}.backend`));
    });
  });
  spec.tls?.forEach(({ hosts }, index) => {
    hosts?.forEach((host, which) => {
      const text = host.startsWith("*") ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host);
      for (const each of text) errors.push(invalid(`${at}.tls[${index}].hosts[${which}]`, host, each));
    });
  });
  if (ingressClassName !== undefined) {
    for (const text of dnsSubdomainErrors(ingressClassName)) {
      errors.push(invalid(`${at}.ingressClassName`, ingressClassName, text));
    }
  }
  return errors;
}

function validateHost(host: string, field: string): FieldError[] {
  if (isIpv4(host) || isIpv6(host)) return [invalid(field, host, "must be a DNS name, not an IP address")];
  const texts = host.includes("*") ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host);
  return texts.map((text) => invalid(field, host, text));
}

const badSequences = ["//", "/./", "/../", "%2f", "%2F"];

function validatePath(path: string, { pathType, at }: { pathType: string | undefined; at: string }): FieldError[] {
  if (pathType === undefined) return [required(`${at}.pathType`, "pathType must be specified")];
  const field = `${at}.path`;
  if (!pathTypes.includes(pathType)) return [notSupported(`${at}.pathType`, pathType, pathTypes)];
  if (pathType === "ImplementationSpecific") {
    return path === "" || path.startsWith("/") ? [] : [invalid(field, path, "must be an absolute path")];
  }
  if (!path.startsWith("/")) return [invalid(field, path, "must be an absolute path")];
  const errors = badSequences
    .filter((each) => path.includes(each))
    .map((each) => invalid(field, path, `must not contain '${each}'`));
  for (const end of ["/..", "/."]) {
    if (path.endsWith(end)) errors.push(invalid(field, path, `cannot end with '${end}'`));
  }
  return errors;
}

function validateBackend({ service, resource }: Frozen<IngressBackend>, at: string): FieldError[] {
  if (service !== undefined && resource !== undefined) {
    return [invalid(at, "", "cannot set both resource and service backends")];
  }
  if (resource !== undefined) {
    return resource.kind && resource.name ? [] : [required(`${at}.resource.${resource.kind ? "name" : "kind"}`)];
  }
  if (service === undefined) return [required(`${at}`, "cannot set both resource and service backends")];
  const errors: FieldError[] = [];
  if (!service.name) errors.push(required(`${at}.service.name`));
  else
    for (const text of dns1035LabelErrors(service.name)) errors.push(invalid(`${at}.service.name`, service.name, text));
  const { name = "", number = 0 } = service.port ?? {};
  if (name !== "" && number !== 0) {
    errors.push(invalid(at, "", "cannot set both port name & port number"));
  } else if (name !== "") {
    for (const text of portNameErrors(name)) errors.push(invalid(`${at}.service.port.name`, name, text));
  } else if (number !== 0) {
    for (const text of portNumberErrors(number)) errors.push(invalid(`${at}.service.port.number`, number, text));
  } else errors.push(required(at, "port name or number is required"));
  return errors;
}
