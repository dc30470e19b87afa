import { compile } from "../cel/check.ts";
import { checkedType } from "../cel/type_check.ts";
import type {
  DeviceConfig,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  DeviceWish,
  ResourceClaimSpec,
} from "../device_claims.ts";
import { addErrors, type FieldError, invalid, notSupported, required, tooLong, tooMany } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { validateUnique } from "./metadata.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "./names.ts";
import { driverErrors, fullNameErrors } from "./resource_slice.ts";

const requestsMax = 32;
const subRequestsMax = 8;
const selectorsMax = 32;
const constraintsMax = 32;
const configsMax = 32;
const expressionCharsMax = 10 * 1024;
const parameterBytesMax = 10 * 1024;
const deviceNames = new Map([["device", undefined]]);
const modes = ["All", "ExactCount"];
const referenceText =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/** What is wrong with what a claim asks for. */
export function validateClaimSpec({ devices }: Frozen<ResourceClaimSpec>, at: string): FieldError[] {
  const { requests = [], constraints = [], config = [] } = devices ?? {};
  const errors = tooManyErrors(requests.length, requestsMax, `${at}.devices.requests`);
  for (const [index, request] of requests.entries()) {
    addErrors(errors, validateRequest(request, `${at}.devices.requests[${index}]`));
  }
  const requestNamesOf = requests.map(({ name }) => name);
  addErrors(
    errors,
    validateUnique(requestNamesOf, (index) => `${at}.devices.requests[${index}].name`),
  );
  const names = requestNames(requests);
  errors.push(...tooManyErrors(constraints.length, constraintsMax, `${at}.devices.constraints`));
  for (const [index, constraint] of constraints.entries()) {
    errors.push(...validateConstraint(constraint, names, `${at}.devices.constraints[${index}]`));
  }
  errors.push(...validateConfigs(config, `${at}.devices.config`, { names }));
  return errors;
}

/** How a claim's requests can be named: also those of which one is met. */
export function requestNames(requests: Frozen<readonly DeviceRequest[]> = []): ReadonlySet<string> {
  const subNames = requests.flatMap(({ name, firstAvailable = [] }) =>
    firstAvailable.map((each) => `${name}/${each.name}`),
  );
  return new Set([...requests.map(({ name }) => name), ...subNames]);
}

/** What is wrong with names of a claim's requests. */
export function referenceErrors(among: readonly string[], names: ReadonlySet<string>, at: string): FieldError[] {
  const errors = tooManyErrors(among.length, requestsMax, at);
  for (const [index, name] of among.entries()) addErrors(errors, nameReferenceErrors(name, names, `${at}[${index}]`));
  addErrors(
    errors,
    validateUnique(among, (index) => `${at}[${index}]`),
  );
  return errors;
}

/** What is wrong with the name of one of a claim's requests, or of one of those of which one is met. */
export function nameReferenceErrors(name: string, names: ReadonlySet<string>, at: string): FieldError[] {
  const parts = name.split("/");
  const wrong = invalid(at, name, referenceText);
  if (parts.length > 2) return [wrong];
  const errors = parts.flatMap((part) => nameErrors(part, at));
  if (!names.has(name)) errors.push(wrong);
  return errors;
}

function validateConstraint(
  { requests = [], matchAttribute }: Frozen<DeviceConstraint>,
  names: ReadonlySet<string>,
  at: string,
): FieldError[] {
  const errors = referenceErrors(requests, names, `${at}.requests`);
  const here = `${at}.matchAttribute`;
  if (matchAttribute === undefined) return [...errors, required(here)];
  return [...errors, ...fullNameErrors(matchAttribute, here)];
}

/** What is wrong with what drivers are told; of a claim also with the requests that it is about. */
export function validateConfigs(
  configs: Frozen<readonly DeviceConfig[]> | undefined,
  at: string,
  { names, most = configsMax }: { readonly names?: ReadonlySet<string>; readonly most?: number } = {},
): FieldError[] {
  const errors = tooManyErrors(configs?.length ?? 0, most, at);
  for (const [index, { requests = [], opaque }] of (configs ?? []).entries()) {
    const here = `${at}[${index}]`;
    if (names) errors.push(...referenceErrors(requests, names, `${here}.requests`));
    if (!opaque) {
      errors.push(required(`${here}.opaque`));
      continue;
    }
    errors.push(
      ...driverErrors(opaque.driver, `${here}.opaque.driver`),
      ...rawErrors(opaque.parameters, `${here}.opaque.parameters`),
    );
  }
  return errors;
}

/** What is wrong with what only a driver understands: it is an object, and not a large one. */
export function rawErrors(value: unknown, at: string): FieldError[] {
  if (value === undefined || value === null) return [required(at)];
  const text = JSON.stringify(value);
  if (new TextEncoder().encode(text).length > parameterBytesMax) return [tooLong(at, parameterBytesMax)];
  if (typeof value === "object" && !Array.isArray(value)) return [];
  return [invalid(at, "<value omitted>", "parameters must be a valid JSON object")];
}

function validateRequest({ name, exactly, firstAvailable }: Frozen<DeviceRequest>, at: string): FieldError[] {
  const text = "exactly one of `exactly` or `firstAvailable` is required";
  const errors = nameErrors(name, `${at}.name`);
  const hasSeveral = (firstAvailable?.length ?? 0) > 0;
  if (exactly && hasSeveral) return [...errors, invalid(at, undefined, `${text}, but multiple fields are set`)];
  if (exactly) return [...errors, ...validateWish(exactly, `${at}.exactly`)];
  if (!firstAvailable || !hasSeveral) return [...errors, required(at, text)];
  errors.push(...tooManyErrors(firstAvailable.length, subRequestsMax, `${at}.firstAvailable`));
  for (const [index, wish] of firstAvailable.entries()) {
    const here = `${at}.firstAvailable[${index}]`;
    errors.push(...nameErrors(wish.name, `${here}.name`), ...validateWish(wish, here));
  }
  const names = firstAvailable.map(({ name: own }) => own);
  addErrors(
    errors,
    validateUnique(names, (index) => `${at}.firstAvailable[${index}].name`),
  );
  return errors;
}

function validateWish(wish: Frozen<DeviceWish>, at: string): FieldError[] {
  const { deviceClassName, selectors, allocationMode = "", count = 0 } = wish;
  const here = `${at}.deviceClassName`;
  const errors = deviceClassName
    ? dnsSubdomainErrors(deviceClassName).map((text) => invalid(here, deviceClassName, text))
    : [required(here)];
  errors.push(...validateDeviceSelectors(selectors, `${at}.selectors`));
  if (!modes.includes(allocationMode)) errors.push(notSupported(`${at}.allocationMode`, allocationMode, modes));
  if (allocationMode === "All" && count !== 0) {
    errors.push(invalid(`${at}.count`, count, "must not be specified when allocationMode is 'All'"));
  }
  if (allocationMode === "ExactCount" && count <= 0) {
    errors.push(invalid(`${at}.count`, count, "must be greater than zero"));
  }
  return errors;
}

/** What is wrong with the expressions that devices are chosen by. */
export function validateDeviceSelectors(selectors: Frozen<DeviceSelector[]> | undefined, at: string): FieldError[] {
  const errors = tooManyErrors(selectors?.length ?? 0, selectorsMax, at);
  for (const [index, { cel }] of (selectors ?? []).entries()) {
    const here = `${at}[${index}].cel`;
    if (cel && cel.expression.length > expressionCharsMax) {
      errors.push(tooLong(`${here}.expression`, expressionCharsMax));
      continue;
    }
    const compiled = cel && compile(cel.expression, deviceNames);
    if (compiled === undefined) errors.push(required(here));
    else if (!compiled.ok)
      errors.push(invalid(`${here}.expression`, cel?.expression, `compilation failed: ${compiled.failure}`));
    else addErrors(errors, typeErrors(cel?.expression ?? "", `${here}.expression`));
  }
  return errors;
}

function typeErrors(expression: string, at: string): FieldError[] {
  const { type } = checkedType(expression, new Map());
  if (type === undefined || type === "bool") return [];
  return [invalid(at, expression, `must evaluate to bool or the unknown type, not ${type}`)];
}

/** What is wrong with the length of a list. */
export function tooManyErrors(count: number, most: number, at: string): FieldError[] {
  return count > most ? [tooMany(at, count, most)] : [];
}

function nameErrors(name: string, at: string): FieldError[] {
  return name ? dnsLabelErrors(name).map((text) => invalid(at, name, text)) : [required(at)];
}
