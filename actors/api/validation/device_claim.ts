import { compile } from "../cel/check.ts";
import type {
  DeviceRequest,
  DeviceSelector,
  DeviceWish,
  ResourceClaimSpec,
  ResourceClaimStatus,
} from "../device_claims.ts";
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { type Frozen, jsonEqual } from "../types.ts";
import { dnsLabelErrors } from "./names.ts";

const requestsMax = 32;
const subRequestsMax = 8;
const selectorsMax = 32;
const reservedMax = 256;
const deviceNames = new Map([["device", undefined]]);
const modes = ["All", "ExactCount"];

/** What is wrong with what a claim asks for. */
export function validateClaimSpec({ devices }: Frozen<ResourceClaimSpec>, at: string): FieldError[] {
  const { requests = [], constraints = [] } = devices ?? {};
  const errors = tooMany(requests.length, requestsMax, `${at}.devices.requests`);
  const names = new Set<string>();
  requests.forEach((request, index) => {
    const here = `${at}.devices.requests[${index}]`;
    errors.push(...nameErrors(request.name, `${here}.name`));
    if (names.has(request.name)) errors.push(duplicate(here, request.name));
    names.add(request.name);
    for (const { name } of request.firstAvailable ?? []) names.add(`${request.name}/${name}`);
    errors.push(...validateRequest(request, here));
  });
  constraints.forEach(({ requests: among = [], matchAttribute }, index) => {
    const here = `${at}.devices.constraints[${index}]`;
    among.forEach((name, position) => {
      if (names.has(name)) return;
      errors.push(invalid(`${here}.requests[${position}]`, name, "must be the name of a request in the claim"));
    });
    if (!matchAttribute) errors.push(required(`${here}.matchAttribute`));
  });
  return errors;
}

function validateRequest({ exactly, firstAvailable }: Frozen<DeviceRequest>, at: string): FieldError[] {
  const text = "exactly one of `exactly` or `firstAvailable` is required";
  if (exactly && firstAvailable) return [invalid(at, "{}", text)];
  if (exactly) return validateWish(exactly, `${at}.exactly`);
  if (!firstAvailable?.length) return [required(at, text)];
  return [
    ...tooMany(firstAvailable.length, subRequestsMax, `${at}.firstAvailable`),
    ...firstAvailable.flatMap((wish, index) => [
      ...nameErrors(wish.name, `${at}.firstAvailable[${index}].name`),
      ...validateWish(wish, `${at}.firstAvailable[${index}]`),
    ]),
  ];
}

function validateWish(wish: Frozen<DeviceWish>, at: string): FieldError[] {
  const { deviceClassName, selectors, allocationMode = "", count = 0 } = wish;
  const errors = deviceClassName ? [] : [required(`${at}.deviceClassName`)];
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
  const errors = tooMany(selectors?.length ?? 0, selectorsMax, at);
  for (const [index, { cel }] of (selectors ?? []).entries()) {
    const here = `${at}[${index}].cel`;
    const compiled = cel && compile(cel.expression, deviceNames);
    if (compiled === undefined) errors.push(required(here));
    else if (!compiled.ok)
      errors.push(invalid(`${here}.expression`, cel?.expression, `compilation failed: ${compiled.failure}`));
  }
  return errors;
}

type Status = Frozen<ResourceClaimStatus>;

/** What is wrong with what a claim has: none is reserved without it, and what it has does not change. */
export function validateClaimStatus({ allocation, reservedFor = [] }: Status, old: Status | undefined, at: string) {
  const errors = tooMany(reservedFor.length, reservedMax, `${at}.reservedFor`);
  if (reservedFor.length > 0 && !allocation) {
    errors.push(forbidden(`${at}.reservedFor`, "may not be specified when `allocated` is not set"));
  }
  const uids = new Set<string>();
  reservedFor.forEach(({ uid }, index) => {
    if (uids.has(uid)) errors.push(duplicate(`${at}.reservedFor[${index}].uid`, uid));
    uids.add(uid);
  });
  if (old?.allocation && allocation && !jsonEqual(old.allocation, allocation)) {
    errors.push(invalid(`${at}.allocation`, allocation, "field is immutable"));
  }
  return errors;
}

function tooMany(count: number, max: number, at: string): FieldError[] {
  return count > max ? [invalid(at, count, `must have at most ${max} items`)] : [];
}

function nameErrors(name: string, at: string): FieldError[] {
  return name ? dnsLabelErrors(name).map((text) => invalid(at, name, text)) : [required(at)];
}
