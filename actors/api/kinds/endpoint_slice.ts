import type { FieldError } from "../field_error.ts";
import { addErrors, duplicate, invalid, notSupported, required, tooMany } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Endpoint, EndpointPort, EndpointSlice, Frozen } from "../types.ts";
import { ipErrorsOf, specialText } from "../validation/addresses.ts";
import { validateImmutable, validateLabels } from "../validation/metadata.ts";
import { dnsLabelErrors, dnsSubdomainErrors, labelKeyErrors, labelValueErrors } from "../validation/names.ts";

const endpointsMax = 1_000;
const addressesMax = 100;
const portsMax = 20_000;
const topologyMax = 16;
const hintsMax = 8;
const protocols = ["SCTP", "TCP", "UDP"];
const addressTypes = ["FQDN", "IPv4", "IPv6"];

/** EndpointSlices: some of the addresses behind a service. */
export const endpointSlice = nameKind<EndpointSlice>({
  group: "discovery.k8s.io",
  kind: "EndpointSlice",
  plural: "endpointslices",
});

/** Its rules, which API servers keep. */
export const endpointSliceRules = /* @__PURE__ */ withRules(endpointSlice, {
  schema: "io.k8s.api.discovery.v1.EndpointSlice",
  countsGenerations: true,

  applyDefaults({ ports = [] }) {
    for (const port of ports) {
      port.name ??= "";
      port.protocol ??= "TCP";
    }
  },

  validate({ addressType, endpoints = [], ports = [] }) {
    const errors: FieldError[] = [];
    if (!addressType) errors.push(required("addressType"));
    else if (!addressTypes.includes(addressType)) errors.push(notSupported("addressType", addressType, addressTypes));
    if (endpoints.length > endpointsMax) errors.push(tooMany("endpoints", endpoints.length, endpointsMax));
    else {
      for (const [index, endpoint] of endpoints.entries()) {
        addErrors(errors, endpointErrors(endpoint, addressType, `endpoints[${index}]`));
      }
    }
    addErrors(errors, portErrors(ports));
    return errors;
  },

  validateUpdate: ({ addressType }, old) =>
    validateImmutable("addressType", { value: addressType, old: old.addressType }),
});

function endpointErrors(endpoint: Frozen<Endpoint>, type: string, at: string): FieldError[] {
  const { addresses = [], nodeName, deprecatedTopology, hostname, hints } = endpoint;
  const here = `${at}.addresses`;
  const errors: FieldError[] = [];
  if (addresses.length === 0) errors.push(required(here, "must contain at least 1 address"));
  if (addresses.length > addressesMax) errors.push(tooMany(here, addresses.length, addressesMax));
  for (const [index, address] of addresses.entries()) {
    for (const text of addressErrors(address, type)) errors.push(invalid(`${here}[${index}]`, address, text));
  }
  for (const text of nodeName === undefined ? [] : dnsSubdomainErrors(nodeName)) {
    errors.push(invalid(`${at}.nodeName`, nodeName, text));
  }
  const labels = Object.keys(deprecatedTopology ?? {}).length;
  if (labels > topologyMax) errors.push(tooMany(`${at}.deprecatedTopology`, labels, topologyMax));
  addErrors(errors, validateLabels(deprecatedTopology, `${at}.deprecatedTopology`));
  for (const text of hostname === undefined ? [] : dnsLabelErrors(hostname)) {
    errors.push(invalid(`${at}.hostname`, hostname, text));
  }
  // Newer than the types are.
  const { forZones = [], forNodes = [] } = (hints ?? {}) as Readonly<Record<string, readonly { name: string }[]>>;
  addErrors(errors, hintErrors(forZones, `${at}.hints.forZones`, labelValueErrors));
  addErrors(errors, hintErrors(forNodes, `${at}.hints.forNodes`, dnsSubdomainErrors));
  return errors;
}

function addressErrors(address: string, type: string): string[] {
  if (type === "IPv4" || type === "IPv6") {
    const found = ipErrorsOf(type, address);
    const special = found.length > 0 ? undefined : specialText(address);
    return special === undefined ? found : [special];
  }
  if (type !== "FQDN") return [];
  const name = address.endsWith(".") ? address.slice(0, -1) : address;
  const wrong = dnsSubdomainErrors(name);
  if (wrong.length > 0) return [wrong.join(",")];
  return name.includes(".") ? [] : ["should be a domain with at least two segments separated by dots"];
}

function hintErrors(
  hints: readonly { name: string }[],
  at: string,
  errorsOf: (name: string) => string[],
): FieldError[] {
  if (hints.length > hintsMax) return [tooMany(at, hints.length, hintsMax)];
  const seen = new Set<string>();
  return hints.flatMap(({ name }, index) => {
    const errors = seen.has(name) ? [duplicate(`${at}[${index}].name`, name)] : [];
    seen.add(name);
    return [...errors, ...errorsOf(name).map((text) => invalid(`${at}[${index}].name`, name, text))];
  });
}

function portErrors(ports: readonly Frozen<EndpointPort>[]): FieldError[] {
  if (ports.length > portsMax) return [tooMany("ports", ports.length, portsMax)];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { name = "", protocol = "", appProtocol }] of ports.entries()) {
    const at = `ports[${index}]`;
    if (name !== "") for (const text of dnsLabelErrors(name)) errors.push(invalid(`${at}.name`, name, text));
    if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    seen.add(name);
    if (!protocols.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, protocols));
    for (const text of appProtocol === undefined ? [] : labelKeyErrors(appProtocol)) {
      errors.push(invalid(`${at}.appProtocol`, appProtocol, text));
    }
  }
  return errors;
}
