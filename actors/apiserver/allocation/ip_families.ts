import { type FieldError, invalid } from "../../api/field_error.ts";
import type { Frozen, Service } from "../../api/types.ts";
import { validateFamilies } from "../../api/validation/service_spec.ts";
import { familyOf, type IpFamily } from "../../kit/ip_number.ts";

const single = "SingleStack";
const both: readonly IpFamily[] = ["IPv4", "IPv6"];

/** What is there already, and what the cluster can give. */
export interface FamilyOptions {
  /** The families that the cluster gives addresses of; the first is meant where a Service names none. */
  readonly configured: readonly IpFamily[];
  /** What was there before; undefined: it is new. */
  readonly old: Frozen<Service> | undefined;
}

/**
 * Says of which families a Service is to have addresses, and what of its wishes cannot be. Follows the allocators of
 * Kubernetes' registry of Services (KEP 563).
 */
export function settleFamilies({ spec }: Service, { configured, old }: FamilyOptions): FieldError[] {
  if (spec.type === "ExternalName") return [];
  const before = old === undefined || old.spec.type === "ExternalName" ? undefined : old.spec;
  if (keepsPreference(spec, before)) return [];
  const isFree = spec.clusterIP === "None" && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= before?.ipFamilyPolicy ?? (isFree ? "RequireDualStack" : single);
  const malformed = validateFamilies(spec, "spec");
  if (malformed.length > 0) return malformed;
  const errors = [...changeErrors(spec, before), ...policyErrors(spec), ...inferFamilies(spec, configured)];
  if (errors.length > 0) return errors;
  // Nobody gives it addresses: it may say of both families that it has endpoints of them.
  if (isFree) {
    takeFamilies(spec, { first: configured.slice(0, 1), offered: both });
    return [];
  }
  if (spec.ipFamilyPolicy === "RequireDualStack" && configured.length < 2) {
    const why = "this cluster is not configured for dual-stack services";
    errors.push(invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy, why));
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries())
    if (!configured.some((each) => each === family))
      errors.push(invalid(`spec.ipFamilies[${index}]`, family, "not configured on this cluster"));
  if (errors.length === 0) takeFamilies(spec, { first: configured.slice(0, 1), offered: configured });
  return errors;
}

/** Takes the families that a Service leaves open: the cluster's first, and beside it the other one if it wants both. */
function takeFamilies(
  spec: Service["spec"],
  { first, offered }: { readonly first: readonly IpFamily[]; readonly offered: readonly IpFamily[] },
): void {
  spec.ipFamilies = spec.ipFamilies?.length ? spec.ipFamilies : [...first];
  const other = offered.find((family) => !spec.ipFamilies?.includes(family));
  if (spec.ipFamilyPolicy !== single && other !== undefined) spec.ipFamilies = [...spec.ipFamilies, other];
}

type Spec = Frozen<Service>["spec"];

/** Who prefers two families stays as it is until it says something else, also where the cluster has got another one. */
export function keepsPreference(spec: Spec, before: Spec | undefined): boolean {
  return (
    spec.ipFamilyPolicy === "PreferDualStack" &&
    before?.ipFamilyPolicy === spec.ipFamilyPolicy &&
    isSame(before?.clusterIPs, spec.clusterIPs) &&
    isSame(before?.ipFamilies, spec.ipFamilies)
  );
}

function isSame(before: readonly string[] = [], now: readonly string[] = []): boolean {
  return before.length === now.length && before.every((each, index) => each === now[index]);
}

/** What was there is shortened where one family is wanted; nothing else lets go of it. */
function changeErrors(spec: Service["spec"], before: Spec | undefined): FieldError[] {
  if (!before) return [];
  if (spec.ipFamilyPolicy === single) {
    if (isSame(before.clusterIPs, spec.clusterIPs)) spec.clusterIPs = spec.clusterIPs?.slice(0, 1) ?? [];
    if (isSame(before.ipFamilies, spec.ipFamilies)) spec.ipFamilies = spec.ipFamilies?.slice(0, 1) ?? [];
    return [];
  }
  const refuse = (what: string) =>
    invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy, `must be '${single}' to release the secondary ${what}`);
  const isReduced = (then: readonly string[] = [], now: readonly string[] = []) =>
    now.length > 0 && now.length < then.length;
  return [
    ...(isReduced(before.clusterIPs, spec.clusterIPs) ? [refuse("cluster IP")] : []),
    ...(isReduced(before.ipFamilies, spec.ipFamilies) ? [refuse("IP family")] : []),
  ];
}

function policyErrors({ ipFamilyPolicy, clusterIPs = [], ipFamilies = [] }: Spec): FieldError[] {
  if (ipFamilyPolicy !== single) return [];
  const refuse = (what: string) => {
    const why = `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;
    return invalid("spec.ipFamilyPolicy", ipFamilyPolicy, why);
  };
  return [
    ...(clusterIPs.length === 2 ? [refuse("cluster IPs")] : []),
    ...(ipFamilies.length === 2 ? [refuse("IP families")] : []),
  ];
}

/** Addresses that are asked for say which families are meant. */
function inferFamilies(spec: Service["spec"], configured: readonly IpFamily[]): FieldError[] {
  const { clusterIPs = [] } = spec;
  const errors: FieldError[] = [];
  for (const [index, ip] of clusterIPs.entries()) {
    if (ip === "None") break;
    if (index < (spec.ipFamilies?.length ?? 0)) continue;
    const family = familyOf(ip);
    if (configured.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else errors.push(invalid(`spec.clusterIPs[${index}]`, clusterIPs, `${family} is not configured on this cluster`));
  }
  return errors;
}
