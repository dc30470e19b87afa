import { invalid, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { ipErrors } from "../validation/addresses.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { dnsSubdomainErrors } from "../validation/names.ts";
import { segmentErrors } from "../validation/references.ts";

/** An address of a Service. */
export interface IPAddress extends KubeObject {
  spec: { parentRef?: { group?: string; resource?: string; namespace?: string; name?: string } };
}

/** IPAddresses: the addresses that Services have, named by themselves. */
export const ipAddress = nameKind<IPAddress>({
  group: "networking.k8s.io",
  kind: "IPAddress",
  plural: "ipaddresses",
  shortNames: ["ip"],
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const ipAddressRules = /* @__PURE__ */ withRules(ipAddress, {
  schema: "io.k8s.api.networking.v1.IPAddress",
  countsGenerations: true,
  nameErrors: ipErrors,
  fieldSelectors: {
    "spec.parentRef.group": ({ spec }) => spec.parentRef?.group ?? "",
    "spec.parentRef.resource": ({ spec }) => spec.parentRef?.resource ?? "",
    "spec.parentRef.namespace": ({ spec }) => spec.parentRef?.namespace ?? "",
    "spec.parentRef.name": ({ spec }) => spec.parentRef?.name ?? "",
  },

  validate({ spec }) {
    if (spec.parentRef === undefined) return [required("spec.parentRef")];
    const at = "spec.parentRef";
    const { group = "", resource = "", namespace = "", name = "" } = spec.parentRef;
    const groups = group === "" ? [] : dnsSubdomainErrors(group);
    return [
      ...groups.map((text) => invalid(`${at}.group`, group, text)),
      ...segmentErrors(resource, `${at}.resource`),
      ...segmentErrors(name, `${at}.name`),
      ...(namespace === "" ? [] : segmentErrors(namespace, `${at}.namespace`)),
    ];
  },
  validateUpdate: ({ spec }, old) =>
    validateImmutable("spec.parentRef", { value: spec.parentRef, old: old.spec.parentRef }).map(
      ({ field, value, detail }) => invalid(field, value, detail),
    ),
});
