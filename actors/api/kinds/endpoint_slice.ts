import type { FieldError } from "../field_error.ts";
import { addErrors, duplicate, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { EndpointPort, EndpointSlice, Frozen } from "../types.ts";
import { ipErrors, ipErrorsOf, specialText } from "../validation/addresses.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { dnsLabelErrors, portNumberErrors } from "../validation/names.ts";

const endpointsMax = 1_000;
const addressesMax = 100;
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
    if (endpoints.length > endpointsMax) errors.push(tooMany("endpoints", endpoints.length, endpointsMax));
    if (!addressType) errors.push(required("addressType"));
    else if (!addressTypes.includes(addressType)) errors.push(notSupported("addressType", addressType, addressTypes));
    endpoints.forEach(({ addresses }, index) => {
      const at = `endpoints[${index}].addresses`;
      if (addresses.length > addressesMax) errors.push(tooMany(at, addresses.length, addressesMax));
      if (addresses.length === 0) errors.push(required(at, "must contain at least 1 address"));
      if (addressType === "FQDN") return;
      addresses.forEach((address, place) => {
        const found =
          addressType === "IPv4" || addressType === "IPv6" ? ipErrorsOf(addressType, address) : ipErrors(address);
        const special = found.length > 0 ? undefined : specialText(address);
        for (const text of special === undefined ? found : [special])
          errors.push(invalid(`${at}[${place}]`, address, text));
      });
    });
    addErrors(errors, portErrors(ports));
    return errors;
  },

  validateUpdate: ({ addressType }, old) =>
    validateImmutable("addressType", { value: addressType, old: old.addressType }),
});

function tooMany(field: string, value: number, most: number): FieldError {
  return { type: "FieldValueTooMany", field, value, detail: `must have at most ${most} items` };
}

function portErrors(ports: readonly Frozen<EndpointPort>[]): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { name = "", protocol = "", port }] of ports.entries()) {
    const at = `ports[${index}]`;
    if (name !== "") for (const text of dnsLabelErrors(name)) errors.push(invalid(`${at}.name`, name, text));
    if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    seen.add(name);
    if (!protocols.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, protocols));
    if (port !== undefined) for (const text of portNumberErrors(port)) errors.push(invalid(`${at}.port`, port, text));
  }
  return errors;
}
