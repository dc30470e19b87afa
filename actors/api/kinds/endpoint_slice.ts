import type { FieldError } from "../field_error.ts";
import { invalid, notSupported, required } from "../field_error.ts";
import { defineKind } from "../kind.ts";
import type { EndpointSlice } from "../types.ts";
import { ipErrors } from "../validation/addresses.ts";
import { validateImmutable } from "../validation/metadata.ts";

const addressTypes = ["FQDN", "IPv4", "IPv6"];

/** EndpointSlices: some of the addresses behind a service. */
export const endpointSlice = defineKind<EndpointSlice>({
  group: "discovery.k8s.io",
  kind: "EndpointSlice",
  plural: "endpointslices",
  schema: "io.k8s.api.discovery.v1.EndpointSlice",
  countsGenerations: true,

  applyDefaults({ ports = [] }) {
    for (const port of ports) {
      port.name ??= "";
      port.protocol ??= "TCP";
    }
  },

  validate({ addressType, endpoints = [] }) {
    const errors: FieldError[] = [];
    if (!addressType) errors.push(required("addressType"));
    else if (!addressTypes.includes(addressType)) errors.push(notSupported("addressType", addressType, addressTypes));
    endpoints.forEach(({ addresses }, index) => {
      const at = `endpoints[${index}].addresses`;
      if (addresses.length === 0) errors.push(required(at, "must contain at least 1 address"));
      if (addressType === "FQDN") return;
      addresses.forEach((address, place) => {
        for (const text of ipErrors(address)) errors.push(invalid(`${at}[${place}]`, address, text));
      });
    });
    return errors;
  },

  validateUpdate: ({ addressType }, old) =>
    validateImmutable("addressType", { value: addressType, old: old.addressType }),
});
