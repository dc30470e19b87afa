/**
 * The rules for what containers, and a pod as a whole, ask for and may have.
 */

import { isExtendedResource, isNativeResource } from "../extended_resources.ts";
import { addErrors, duplicate, type FieldError, forbidden, invalid, notFoundField, required } from "../field_error.ts";
import { compareQuantities, formatQuantity, parseQuantity, type Quantity, quantityFormatError } from "../quantity.ts";
import { type Frozen, ownValue, type ResourceRequirements } from "../types.ts";
import { dnsLabelErrors, dnsSubdomainErrors, labelKeyErrors } from "./names.ts";

const ofContainers = new Set(["cpu", "memory", "ephemeral-storage"]);
/** What is counted in quotas, and so known by name, though no container has it. */
const ofQuotas = new Set([
  ...["requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory"],
  ...["limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets"],
  ...["configmaps", "persistentvolumeclaims", "storage", "requests.storage", "services.nodeports"],
  ...["services.loadbalancers"],
]);
/** Of these there is no part. */
const countedWhole = new Set([
  ...["pods", "replicationcontrollers", "services", "resourcequotas", "secrets", "configmaps"],
  ...["persistentvolumeclaims", "services.nodeports", "services.loadbalancers"],
]);
const hugePages = "hugepages-";
const nanosPerUnit = 1_000_000_000n;

/** Whether more of a resource may be had than was asked for. */
export function isOvercommitted(name: string): boolean {
  return isNativeResource(name) && !name.startsWith(hugePages);
}

/** What is wrong with what a container asks for and may have; `claims` are those of its pod, by name. */
export function validateResources(
  resources: Frozen<ResourceRequirements> | undefined,
  at: string,
  claims: ReadonlySet<string>,
): FieldError[] {
  return [
    ...validateAmounts(resources ?? {}, at, containerNameErrors),
    ...claimErrors((resources as Claiming | undefined)?.claims ?? [], `${at}.claims`, claims),
  ];
}

interface Claiming {
  readonly claims?: readonly { readonly name?: string; readonly request?: string }[];
}

/** What is wrong with amounts of resources, whose names are judged by `nameErrors`. */
export function validateAmounts(
  { limits = {}, requests = {} }: Pick<Frozen<ResourceRequirements>, "limits" | "requests">,
  at: string,
  nameErrors: (name: string, at: string) => FieldError[],
): FieldError[] {
  const errors: FieldError[] = [];
  for (const name in limits) {
    const here = `${at}.limits[${name}]`;
    addErrors(errors, [...nameErrors(name, here), ...amountErrors(name, limits[name] ?? "", here)]);
  }
  for (const name in requests) {
    const here = `${at}.requests[${name}]`;
    const text = requests[name] ?? "";
    addErrors(errors, [...nameErrors(name, here), ...valueErrors(name, text, here)]);
    addErrors(errors, limitErrors(name, { request: text, limit: ownValue(limits, name) }, at));
    addErrors(errors, pageErrors(name, text, here));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  const isPaged = names.some((name) => name.startsWith(hugePages));
  if (isPaged && !names.includes("cpu") && !names.includes("memory")) {
    errors.push(forbidden(at, "HugePages require cpu or memory"));
  }
  return errors;
}

function amountErrors(name: string, text: string, at: string): FieldError[] {
  return [...valueErrors(name, text, at), ...pageErrors(name, text, at)];
}

/** What is wrong with an amount of a resource. */
export function valueErrors(name: string, text: string, at: string): FieldError[] {
  const quantity = parseQuantity(text);
  if (quantity === undefined) return [invalid(at, text, quantityFormatError)];
  const errors: FieldError[] = [];
  if (quantity.nanos < 0n) {
    errors.push(invalid(at, formatQuantity(quantity), "must be greater than or equal to 0"));
  }
  if ((isExtendedResource(name) || countedWhole.has(name)) && !isWhole(quantity)) {
    errors.push(invalid(at, formatQuantity(quantity), "must be an integer"));
  }
  return errors;
}

function isWhole({ nanos }: Quantity): boolean {
  return nanos % nanosPerUnit === 0n;
}

function pageErrors(name: string, text: string, at: string): FieldError[] {
  if (!name.startsWith(hugePages)) return [];
  const [page, quantity] = [parseQuantity(name.slice(hugePages.length)), parseQuantity(text)];
  if (quantity === undefined) return [];
  const isDivisible =
    page !== undefined && page.nanos > 0n && quantity.nanos >= 0n && quantity.nanos % page.nanos === 0n;
  if (isDivisible) return [];
  const told = formatQuantity(quantity);
  return [invalid(at, told, `${told} is not positive integer multiple of ${name}`)];
}

function limitErrors(name: string, { request, limit }: { request: string; limit: string | undefined }, at: string) {
  const wanted = parseQuantity(request);
  if (limit === undefined) {
    if (isOvercommitted(name)) return [];
    return [required(`${at}.limits`, "Limit must be set for non overcommitable resources")];
  }
  const most = parseQuantity(limit);
  if (wanted === undefined || most === undefined) return [];
  const order = compareQuantities(wanted, most);
  const told = (what: string) =>
    invalid(`${at}.requests`, formatQuantity(wanted), `must be ${what} ${name} limit of ${formatQuantity(most)}`);
  if (order !== 0 && !isOvercommitted(name)) return [told("equal to")];
  return order > 0 ? [told("less than or equal to")] : [];
}

/** What is wrong with the name of a resource of containers. */
export function containerNameErrors(name: string, at: string): FieldError[] {
  const errors = resourceNameErrors(name, at);
  if (!name.includes("/")) {
    if (ofContainers.has(name) || name.startsWith(hugePages)) return errors;
    return [...errors, invalid(at, name, "must be a standard resource for containers")];
  }
  if (isNativeResource(name) || isExtendedResource(name)) return errors;
  return [...errors, invalid(at, name, "doesn't follow extended resource name standard")];
}

/** What is wrong with the name of a resource, whoever has it. */
export function resourceNameErrors(name: string, at: string): FieldError[] {
  const errors = labelKeyErrors(name).map((text) => invalid(at, name, text));
  if (errors.length > 0 || name.includes("/")) return errors;
  const isStandard = ofContainers.has(name) || ofQuotas.has(name) || /^(requests\.)?hugepages-/.test(name);
  return isStandard ? [] : [invalid(at, name, "must be a standard resource type or fully qualified")];
}

function claimErrors(claims: NonNullable<Claiming["claims"]>, at: string, known: ReadonlySet<string>): FieldError[] {
  const errors: FieldError[] = [];
  const [whole, parts, partly] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const [index, { name = "", request = "" }] of claims.entries()) {
    const here = `${at}[${index}]`;
    if (name === "") {
      errors.push(required(here));
      continue;
    }
    const key = request === "" ? name : `${name}/${request}`;
    if (whole.has(name)) errors.push(duplicate(here, name));
    else {
      for (const text of request === "" ? [] : dnsLabelErrors(request)) {
        errors.push(invalid(`${here}.request`, request, text));
      }
      if (parts.has(key)) errors.push(duplicate(here, key));
      else if (request === "" && partly.has(name)) errors.push(duplicate(here, name));
      parts.add(key);
      (request === "" ? whole : partly).add(name);
    }
    if (known.has(name)) continue;
    const those = known.size === 0 ? " which is empty" : `: ${[...known].sort().join(", ")}`;
    errors.push({
      ...notFoundField(here, name),
      detail: `must be one of the names in pod.spec.resourceClaims${those}`,
    });
  }
  return errors;
}

/** The claims that a pod names, and what is wrong with them. */
export function judgePodClaims(claims: readonly PodClaim[], at: string): { errors: FieldError[]; names: Set<string> } {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, claim] of claims.entries()) {
    const here = `${at}[${index}]`;
    const { name = "", resourceClaimName: given, resourceClaimTemplateName: template } = claim;
    if (name === "") errors.push(required(`${here}.name`));
    else if (names.has(name)) errors.push(duplicate(`${here}.name`, name));
    else for (const text of dnsLabelErrors(name)) errors.push(invalid(`${here}.name`, name, text));
    if (name !== "") names.add(name);
    if (given !== undefined && template !== undefined) {
      const text = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified";
      errors.push(invalid(here, claim, text));
    }
    if (given === undefined && template === undefined) {
      errors.push(invalid(here, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"));
    }
    for (const [field, value] of Object.entries({ resourceClaimName: given, resourceClaimTemplateName: template })) {
      for (const text of value === undefined ? [] : dnsSubdomainErrors(value)) {
        errors.push(invalid(`${here}.${field}`, value, text));
      }
    }
  }
  return { errors, names };
}

interface PodClaim {
  readonly name?: string;
  readonly resourceClaimName?: string;
  readonly resourceClaimTemplateName?: string;
}
