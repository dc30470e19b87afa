import type { FieldError } from "../field_error.ts";
import { invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Endpoints } from "../types.ts";
import { ipErrors } from "../validation/addresses.ts";
import { dnsLabelErrors, portNumberErrors } from "../validation/names.ts";

const protocols = ["SCTP", "TCP", "UDP"];

/** Endpoints: the addresses behind a service in one object. EndpointSlices have taken their place. */
export const endpoints = nameKind<Endpoints>({
  kind: "Endpoints",
  plural: "endpoints",
  singular: "endpoints",
  shortNames: ["ep"],
  storagePrefix: "/registry/services/endpoints",
});

/** Its rules, which API servers keep. */
export const endpointsRules = /* @__PURE__ */ withRules(endpoints, {
  deprecation: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  schema: "io.k8s.api.core.v1.Endpoints",

  applyDefaults({ subsets = [] }) {
    for (const { ports = [] } of subsets) for (const port of ports) port.protocol ||= "TCP";
  },

  validate({ subsets = [] }) {
    const errors: FieldError[] = [];
    subsets.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
      const at = `subsets[${index}]`;
      if (addresses.length + notReadyAddresses.length === 0) {
        errors.push(required(at, "must specify `addresses` or `notReadyAddresses`"));
      }
      for (const [name, list] of [
        ["addresses", addresses] as const,
        ["notReadyAddresses", notReadyAddresses] as const,
      ]) {
        list.forEach(({ ip }, place) => {
          for (const text of ipErrors(ip)) errors.push(invalid(`${at}.${name}[${place}].ip`, ip, text));
        });
      }
      ports.forEach(({ name = "", port, protocol = "" }, place) => {
        const here = `${at}.ports[${place}]`;
        if (name === "" && ports.length > 1) errors.push(required(`${here}.name`));
        if (name !== "") for (const text of dnsLabelErrors(name)) errors.push(invalid(`${here}.name`, name, text));
        if (!protocols.includes(protocol)) errors.push(notSupported(`${here}.protocol`, protocol, protocols));
        for (const text of portNumberErrors(port)) errors.push(invalid(`${at}.ports[${place}].port`, port, text));
      });
    });
    return errors;
  },
});
