import type { NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from "kubernetes-types/networking/v1.js";
import { cidrOf, contains } from "../cidr.ts";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { cidrErrors } from "../validation/addresses.ts";
import { validateLabelSelector } from "../validation/label_selector.ts";
import { portNameErrors, portNumberErrors } from "../validation/names.ts";

/** Who may speak with some pods. */
export interface NetworkPolicy extends KubeObject {
  spec: NetworkPolicySpec;
}

/** NetworkPolicies: which connections of which pods are let through. */
export const networkPolicy = nameKind<NetworkPolicy>({
  group: "networking.k8s.io",
  kind: "NetworkPolicy",
  plural: "networkpolicies",
  shortNames: ["netpol"],
});

/** Its rules, which API servers keep. */
export const networkPolicyRules = /* @__PURE__ */ withRules(networkPolicy, {
  schema: "io.k8s.api.networking.v1.NetworkPolicy",
  countsGenerations: true,

  applyDefaults({ spec }) {
    if (spec.policyTypes === undefined || spec.policyTypes.length === 0) {
      spec.policyTypes = (spec.egress ?? []).length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
    }
    for (const { ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      for (const port of ports ?? []) port.protocol ??= "TCP";
    }
  },

  validate({ spec }) {
    const errors: FieldError[] = [];
    if (spec.podSelector !== undefined) addErrors(errors, validateLabelSelector(spec.podSelector, "spec.podSelector"));
    spec.ingress?.forEach(({ ports, from }, index) => {
      const at = `spec.ingress[${index}]`;
      addErrors(errors, validatePorts(ports, `${at}.ports`));
      addErrors(errors, validatePeers(from, `${at}.from`));
    });
    spec.egress?.forEach(({ ports, to }, index) => {
      const at = `spec.egress[${index}]`;
      addErrors(errors, validatePorts(ports, `${at}.ports`));
      addErrors(errors, validatePeers(to, `${at}.to`));
    });
    const types = spec.policyTypes ?? [];
    if (types.length > 2) errors.push(invalid("spec.policyTypes", types, "may not specify more than two policyTypes"));
    else {
      types.forEach((type, index) => {
        if (type === "Ingress" || type === "Egress") return;
        errors.push(notSupported(`spec.policyTypes[${index}]`, type, ["Ingress", "Egress"]));
      });
    }
    return errors;
  },
});

function validatePorts(ports: readonly Frozen<NetworkPolicyPort>[] | undefined, at: string): FieldError[] {
  const errors: FieldError[] = [];
  ports?.forEach(({ protocol = "TCP", port, endPort }, index) => {
    const here = `${at}[${index}]`;
    if (!["TCP", "UDP", "SCTP"].includes(protocol)) {
      errors.push(notSupported(`${here}.protocol`, protocol, ["TCP", "UDP", "SCTP"]));
    }
    if (port === undefined) {
      if (endPort !== undefined) {
        errors.push(invalid(`${here}.endPort`, endPort, "may not be specified when `port` is not specified"));
      }
    } else if (typeof port === "number") {
      for (const text of portNumberErrors(port)) errors.push(invalid(`${here}.port`, port, text));
      if (endPort === undefined) return;
      if (endPort < port) {
        errors.push(invalid(`${here}.endPort`, port, "must be greater than or equal to `port`"));
      }
      for (const text of portNumberErrors(endPort)) errors.push(invalid(`${here}.endPort`, endPort, text));
    } else {
      if (endPort !== undefined) {
        errors.push(invalid(`${here}.endPort`, endPort, "may not be specified when `port` is non-numeric"));
      }
      for (const text of portNameErrors(port)) errors.push(invalid(`${here}.port`, port, text));
    }
  });
  return errors;
}

function validatePeers(peers: readonly Frozen<NetworkPolicyPeer>[] | undefined, at: string): FieldError[] {
  const errors: FieldError[] = [];
  peers?.forEach(({ podSelector, namespaceSelector, ipBlock }, index) => {
    const here = `${at}[${index}]`;
    if (podSelector !== undefined) addErrors(errors, validateLabelSelector(podSelector, `${here}.podSelector`));
    if (namespaceSelector !== undefined) {
      addErrors(errors, validateLabelSelector(namespaceSelector, `${here}.namespaceSelector`));
    }
    if (ipBlock !== undefined) addErrors(errors, blockErrors(ipBlock, `${here}.ipBlock`));
    const others = [podSelector, namespaceSelector].filter((each) => each !== undefined).length;
    if (ipBlock === undefined && others === 0) errors.push(required(here, "must specify a peer"));
    else if (ipBlock !== undefined && others > 0) {
      errors.push(forbidden(here, "may not specify both ipBlock and another peer"));
    }
  });
  return errors;
}

function blockErrors({ cidr = "", except = [] }: NonNullable<Frozen<NetworkPolicyPeer>["ipBlock"]>, at: string) {
  if (cidr === "") return [required(`${at}.cidr`)];
  const errors = cidrErrors(cidr).map((text) => invalid(`${at}.cidr`, cidr, text));
  if (errors.length > 0) return errors;
  for (const [index, each] of except.entries()) {
    const field = `${at}.except[${index}]`;
    const wrong = cidrErrors(each);
    for (const text of wrong) errors.push(invalid(field, each, text));
    if (wrong.length === 0 && !isWithin(each, cidr)) {
      errors.push(invalid(field, each, "must be a strict subset of `cidr`"));
    }
  }
  return errors;
}

/** Whether a range is a part of another one, and not all of it. */
function isWithin(inner: string, outer: string): boolean {
  const [small, large] = [cidrOf(inner), cidrOf(outer)];
  if (!small || !large || small.family !== large.family) return false;
  return small.size < large.size && contains(large, { family: small.family, value: small.first });
}
