import type { IngressBackend, IngressSpec, IngressStatus } from "kubernetes-types/networking/v1.js";
import { addErrors, type FieldError, invalid, nothing, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { balancerErrors, isAddress, noAddress } from "../validation/load_balancer_status.ts";
import {
  dns1035LabelErrors,
  dnsSubdomainErrors,
  portNameErrors,
  portNumberErrors,
  wildcardSubdomainErrors,
} from "../validation/names.ts";
import { typedReferenceErrors } from "../validation/references.ts";

/** Rules by which requests from outside reach Services. */
export interface Ingress extends KubeObject {
  spec: IngressSpec;
  status: IngressStatus;
}

const classAnnotation = "kubernetes.io/ingress.class";
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
  validateCreate({ metadata: { annotations = {} }, spec: { ingressClassName: name } }) {
    const noted = annotations[classAnnotation];
    if (noted === undefined || name === undefined || noted === name) return [];
    const text = "must match `ingressClassName` when both are specified";
    return [invalid(`annotations.${classAnnotation}`, noted, text)];
  },
  validateStatusUpdate: ({ status }) => balancerErrors(status.loadBalancer, "status.loadBalancer"),

  warnings({ metadata: { annotations = {} }, spec }, old) {
    if (old !== undefined || annotations[classAnnotation] === undefined || spec.ingressClassName !== undefined)
      return [];
    return [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`];
  },
});

function validateSpec(spec: Frozen<IngressSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { rules = [], defaultBackend, ingressClassName } = spec;
  if (rules.length === 0 && defaultBackend === undefined) {
    const text = "either `defaultBackend` or `rules` must be specified";
    errors.push(invalid(at, spec.rules ?? nothing, text));
  }
  if (defaultBackend !== undefined) addErrors(errors, validateBackend(defaultBackend, `${at}.defaultBackend`));
  rules.forEach(({ host = "", http }, index) => {
    const here = `${at}.rules[${index}]`;
    if (host !== "") addErrors(errors, validateHost(host, `${here}.host`));
    if (http === undefined) return;
    if ((http.paths ?? []).length === 0) errors.push(required(`${here}.http.paths`));
    for (const [which, path] of (http.paths ?? []).entries()) {
      addErrors(errors, validatePath(path, `${here}.http.paths[${which}]`));
    }
  });
  spec.tls?.forEach(({ hosts, secretName }, index) => {
    const here = `${at}.tls[${index}]`;
    hosts?.forEach((host, which) => {
      const texts = host.includes("*") ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host);
      for (const text of texts) errors.push(invalid(`${here}.hosts[${which}]`, host, text));
    });
    if (!secretName) return;
    for (const text of dnsSubdomainErrors(secretName)) errors.push(invalid(`${here}.secretName`, secretName, text));
  });
  if (ingressClassName !== undefined) {
    for (const text of dnsSubdomainErrors(ingressClassName)) {
      errors.push(invalid(`${at}.ingressClassName`, ingressClassName, text));
    }
  }
  return errors;
}

function validateHost(host: string, field: string): FieldError[] {
  const texts = host.includes("*") ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host);
  return [...(isAddress(host) ? [noAddress] : []), ...texts].map((text) => invalid(field, host, text));
}

type Path = NonNullable<NonNullable<Frozen<IngressSpec>["rules"]>[number]["http"]>["paths"][number];

const badSequences = ["//", "/./", "/../", "%2f", "%2F"];

function validatePath({ path = "", pathType, backend }: Path, at: string): FieldError[] {
  if (pathType === undefined) return [required(`${at}.pathType`, "pathType must be specified")];
  return [...pathErrors(path, pathType, at), ...validateBackend(backend ?? {}, `${at}.backend`)];
}

function pathErrors(path: string, pathType: string, at: string): FieldError[] {
  const field = `${at}.path`;
  if (!pathTypes.includes(pathType)) return [notSupported(`${at}.pathType`, pathType, pathTypes)];
  const isFree = pathType === "ImplementationSpecific";
  const errors: FieldError[] = [];
  if (!path.startsWith("/") && !(isFree && path === "")) errors.push(invalid(field, path, "must be an absolute path"));
  if (isFree) return errors;
  for (const each of badSequences) {
    if (path.includes(each)) errors.push(invalid(field, path, `must not contain '${each}'`));
  }
  for (const end of ["/..", "/."]) {
    if (path.endsWith(end)) errors.push(invalid(field, path, `cannot end with '${end}'`));
  }
  return errors;
}

function validateBackend({ service, resource }: Frozen<IngressBackend>, at: string): FieldError[] {
  if (service !== undefined && resource !== undefined) {
    return [invalid(at, "", "cannot set both resource and service backends")];
  }
  if (resource !== undefined) return typedReferenceErrors(resource, `${at}.resource`);
  if (service === undefined) return [invalid(at, "", "resource or service backend is required")];
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
