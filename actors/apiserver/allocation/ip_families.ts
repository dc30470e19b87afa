import { type FieldError, invalid } from "../../api/field_error.ts";
import type { Frozen, Service } from "../../api/types.ts";
import { isIpv6 } from "../../api/validation/addresses.ts";

/** The one family that the cluster gives addresses of. */
const configured = "IPv4";
const single = "SingleStack";
const both = ["IPv4", "IPv6"];

/**
 * Says of which families a Service is to have addresses, in a cluster that has only one, and what of its wishes cannot
 * be. `old` is what was there before. Follows the allocators of Kubernetes' registry of Services (KEP 563).
 */
export function settleFamilies({ spec }: Service, old: Frozen<Service> | undefined): FieldError[] {
  if (spec.type === "ExternalName") return [];
  const before = old === undefined || old.spec.type === "ExternalName" ? undefined : old.spec;
  if (spec.ipFamilyPolicy === "PreferDualStack" && isUnchanged(spec, before)) return [];
  const isFree = spec.clusterIP === "None" && Object.keys(spec.selector ?? {}).length === 0;
  spec.ipFamilyPolicy ??= before?.ipFamilyPolicy ?? (isFree ? "RequireDualStack" : single);
  const errors = [...changeErrors(spec, before), ...policyErrors(spec), ...inferFamilies(spec)];
  if (errors.length > 0) return errors;
  // Nobody gives it addresses: it may say of both families that it has endpoints of them.
  if (isFree) {
    spec.ipFamilies = spec.ipFamilies?.length ? spec.ipFamilies : [configured];
    const other = both.find((family) => !spec.ipFamilies?.includes(family));
    if (spec.ipFamilyPolicy !== single && other !== undefined) spec.ipFamilies = [...spec.ipFamilies, other];
    return [];
  }
  if (spec.ipFamilyPolicy === "RequireDualStack") {
    const why = "this cluster is not configured for dual-stack services";
    errors.push(invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy, why));
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries())
    if (family !== configured)
      errors.push(invalid(`spec.ipFamilies[${index}]`, family, "not configured on this cluster"));
  if (errors.length === 0 && !spec.ipFamilies?.length) spec.ipFamilies = [configured];
  return errors;
}

type Spec = Frozen<Service>["spec"];

/** Who prefers two families stays as it is until it says something else. */
function isUnchanged(spec: Spec, before: Spec | undefined): boolean {
  return (
    before?.ipFamilyPolicy === spec.ipFamilyPolicy &&
    isSame(before?.clusterIPs, spec.clusterIPs) &&
    isSame(before?.ipFamilies, spec.ipFamilies)
  );
}

function isSame(before: readonly string[] = [], now: readonly string[] = []): boolean {
  return before.length === now.length && before.every((each, index) => each === now[index]);
}

/** What was there is shortened where one family is wanted; and the first is what it is. */
function changeErrors(spec: Service["spec"], before: Spec | undefined): FieldError[] {
  if (!before) return [];
  const [first] = spec.ipFamilies ?? [];
  const [was] = before.ipFamilies ?? [];
  if (first !== undefined && was !== undefined && first !== was)
    return [invalid("spec.ipFamilies[0]", first, "may not change once set")];
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
function inferFamilies(spec: Service["spec"]): FieldError[] {
  const { clusterIPs = [] } = spec;
  const errors: FieldError[] = [];
  for (const [index, ip] of clusterIPs.entries()) {
    if (ip === "None") break;
    if (index < (spec.ipFamilies?.length ?? 0)) continue;
    const family = isIpv6(ip) ? "IPv6" : "IPv4";
    if (family === configured) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else errors.push(invalid(`spec.clusterIPs[${index}]`, clusterIPs, `${family} is not configured on this cluster`));
  }
  return errors;
}
