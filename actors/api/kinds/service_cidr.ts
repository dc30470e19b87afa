import { type FieldError, invalid, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { type Condition, jsonEqual, type KubeObject } from "../types.ts";
import { cidrErrors, isOneOfEach } from "../validation/addresses.ts";
import { immutableText } from "../validation/metadata.ts";

/** A range that Services take their addresses from. */
export interface ServiceCIDR extends KubeObject {
  spec: { cidrs?: string[] };
  status: { conditions?: Condition[] };
}

/** ServiceCIDRs: the ranges of Services' addresses. */
export const serviceCidr = nameKind<ServiceCIDR>({
  group: "networking.k8s.io",
  kind: "ServiceCIDR",
  plural: "servicecidrs",
  namespaced: false,
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const serviceCidrRules = /* @__PURE__ */ withRules(serviceCidr, {
  schema: "io.k8s.api.networking.v1.ServiceCIDR",

  validate({ spec }) {
    const cidrs = spec.cidrs ?? [];
    if (cidrs.length === 0) return [required("spec.cidrs", "at least one CIDR required")];
    // What is within an API server is shown as it is called there.
    if (cidrs.length > 2) return [invalid("spec.cidrs", { CIDRs: cidrs }, "may only hold up to 2 values")];
    if (!isOneOfEach(cidrs)) {
      const why = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64";
      return [invalid("spec.cidrs", { CIDRs: cidrs }, why)];
    }
    const errors: FieldError[] = [];
    cidrs.forEach((cidr, index) => {
      for (const text of cidrErrors(cidr)) errors.push(invalid(`spec.cidrs[${index}]`, cidr, text));
    });
    return errors;
  },
  validateUpdate: ({ spec }, old) =>
    jsonEqual(spec.cidrs, old.spec.cidrs) ? [] : [invalid("spec.cidrs", spec.cidrs, immutableText)],
});
