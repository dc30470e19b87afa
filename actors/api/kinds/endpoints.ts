import type { FieldError } from "../field_error.ts";
import { invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Endpoints, Frozen } from "../types.ts";
import { ipErrors, specialText } from "../validation/addresses.ts";
import { dnsLabelErrors, dnsSubdomainErrors, labelKeyErrors, portNumberErrors } from "../validation/names.ts";

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
        list.forEach((address, place) => {
          errors.push(...addressErrors(address, `${at}.${name}[${place}]`));
        });
      }
      ports.forEach(({ name = "", port, protocol = "", appProtocol }, place) => {
        const here = `${at}.ports[${place}]`;
        if (name === "" && ports.length > 1) errors.push(required(`${here}.name`));
        if (name !== "") for (const text of dnsLabelErrors(name)) errors.push(invalid(`${here}.name`, name, text));
        for (const text of portNumberErrors(port)) errors.push(invalid(`${here}.port`, port, text));
        if (!protocols.includes(protocol)) errors.push(notSupported(`${here}.protocol`, protocol, protocols));
        for (const text of appProtocol === undefined ? [] : labelKeyErrors(appProtocol)) {
          errors.push(invalid(`${here}.appProtocol`, appProtocol, text));
        }
      });
    });
    return errors;
  },
});

type Address = NonNullable<NonNullable<Frozen<Endpoints>["subsets"]>[number]["addresses"]>[number];

function addressErrors({ ip, hostname = "", nodeName }: Address, at: string): FieldError[] {
  const wrong = ipErrors(ip);
  const errors = wrong.map((text) => invalid(`${at}.ip`, ip, text));
  for (const text of hostname === "" ? [] : dnsLabelErrors(hostname)) {
    errors.push(invalid(`${at}.hostname`, hostname, text));
  }
  for (const text of nodeName === undefined ? [] : dnsSubdomainErrors(nodeName)) {
    errors.push(invalid(`${at}.nodeName`, nodeName, text));
  }
  const special = wrong.length > 0 ? "must be a valid IP address" : specialText(ip);
  return special === undefined ? errors : [...errors, invalid(`${at}.ip`, ip, special)];
}
