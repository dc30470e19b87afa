import {
  type Allocation,
  allocatedIds,
  type DeviceStatus,
  deviceId,
  type ResourceClaimSpec,
  type ResourceClaimStatus,
} from "../device_claims.ts";
import {
  addErrors,
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
} from "../field_error.ts";
import { type Frozen, jsonEqual } from "../types.ts";
import { cidrErrors } from "./addresses.ts";
import { validateConditions } from "./conditions.ts";
import { nameReferenceErrors, rawErrors, requestNames, tooManyErrors, validateConfigs } from "./device_claim.ts";
import { validateUnique } from "./metadata.ts";
import { dnsLabelErrors } from "./names.ts";
import { validateNodeSelector } from "./node_selector.ts";
import { driverErrors, poolNameErrors } from "./resource_slice.ts";

const reservedMax = 256;
const resultsMax = 32;
/** Those of the class and those of the claim. */
const configsMax = 64;
const conditionsMax = 8;
const ipsMax = 16;
const interfaceCharsMax = 256;
const hardwareCharsMax = 128;
const addressText = "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)";
const sources = ["FromClaim", "FromClass"];

type Status = Frozen<ResourceClaimStatus>;

/** A claim, as far as it matters here. */
interface Claim {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly spec: Frozen<ResourceClaimSpec>;
  readonly status?: Status;
}

/** What is wrong with what a claim has: none is reserved without it, and what it has does not change. */
export function validateClaimStatus({ metadata, spec, status }: Claim, old: Status, at: string): FieldError[] {
  const { allocation, reservedFor = [], devices = [] } = status ?? {};
  const errors = tooManyErrors(reservedFor.length, reservedMax, `${at}.reservedFor`);
  for (const [index, { resource, name, uid }] of reservedFor.entries()) {
    const here = `${at}.reservedFor[${index}]`;
    for (const [field, value] of Object.entries({ resource, name, uid })) {
      if (!value) errors.push(required(`${here}.${field}`));
    }
  }
  const uids = reservedFor.map(({ uid }) => uid);
  addErrors(
    errors,
    validateUnique(uids, (index) => `${at}.reservedFor[${index}].uid`),
  );
  const before = new Set((old.reservedFor ?? []).map(({ uid }) => uid));
  const allocated = allocatedIds(status ?? {});
  const seen = new Set<string>();
  for (const [index, device] of devices.entries()) {
    const here = `${at}.devices[${index}]`;
    errors.push(...deviceErrors(device, allocated, here));
    if (seen.has(deviceId(device))) errors.push(duplicate(`${here}.deviceID`, deviceId(device)));
    seen.add(deviceId(device));
  }
  if (reservedFor.length > 0 && !allocation) {
    errors.push(forbidden(`${at}.reservedFor`, "may not be specified when `allocated` is not set"));
  } else if (metadata.deletionTimestamp !== undefined && uids.some((uid) => !before.has(uid))) {
    const text = "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set";
    errors.push(forbidden(`${at}.reservedFor`, text));
  }
  if (old.allocation && allocation && !jsonEqual(old.allocation, allocation)) {
    errors.push(invalid(`${at}.allocation`, allocation, "field is immutable"));
  } else if (!old.allocation && allocation) {
    errors.push(...allocationErrors(allocation, requestNames(spec.devices?.requests), `${at}.allocation`));
  }
  return errors;
}

function allocationErrors(
  { devices, nodeSelector }: Frozen<Allocation>,
  names: ReadonlySet<string>,
  at: string,
): FieldError[] {
  const { results = [], config = [] } = devices ?? {};
  const errors = tooManyErrors(results.length, resultsMax, `${at}.devices.results`);
  for (const [index, { request, driver, pool, device }] of results.entries()) {
    const here = `${at}.devices.results[${index}]`;
    addErrors(errors, nameReferenceErrors(request, names, `${here}.request`));
    errors.push(...nameErrors({ driver, pool, device }, here));
  }
  for (const [index, { source }] of config.entries()) {
    const here = `${at}.devices.config[${index}].source`;
    if (!source) errors.push(required(here));
    else if (!sources.includes(source)) errors.push(notSupported(here, source, sources));
  }
  addErrors(errors, validateConfigs(config, `${at}.devices.config`, { names, most: configsMax }));
  if (nodeSelector) addErrors(errors, validateNodeSelector(nodeSelector, `${at}.nodeSelector`));
  return errors;
}

function nameErrors(
  { driver, pool, device }: Readonly<Record<"driver" | "pool" | "device", string>>,
  at: string,
): FieldError[] {
  const wrong = device
    ? dnsLabelErrors(device).map((text) => invalid(`${at}.device`, device, text))
    : [required(`${at}.device`)];
  return [...driverErrors(driver, `${at}.driver`), ...poolNameErrors(pool, `${at}.pool`), ...wrong];
}

function deviceErrors(device: Frozen<DeviceStatus>, allocated: ReadonlySet<string>, at: string): FieldError[] {
  const { conditions = [], data, networkData } = device;
  const errors = nameErrors(device, at);
  if (!allocated.has(deviceId(device))) {
    errors.push(invalid(at, deviceId(device), "must be an allocated device in the claim"));
  }
  if (conditions.length > conditionsMax) errors.push(tooMany(`${at}.conditions`, conditions.length, conditionsMax));
  addErrors(errors, validateConditions(conditions, `${at}.conditions`));
  if (data !== undefined) errors.push(...rawErrors(data, `${at}.data`));
  return networkData ? [...errors, ...networkErrors(networkData, `${at}.networkData`)] : errors;
}

function networkErrors(
  { interfaceName = "", ips = [], hardwareAddress = "" }: NonNullable<Frozen<DeviceStatus>["networkData"]>,
  at: string,
): FieldError[] {
  const errors = tooManyErrors(ips.length, ipsMax, `${at}.ips`);
  if (interfaceName.length > interfaceCharsMax) errors.push(tooLong(`${at}.interfaceName`, interfaceCharsMax));
  if (hardwareAddress.length > hardwareCharsMax) errors.push(tooLong(`${at}.hardwareAddress`, hardwareCharsMax));
  for (const [index, ip] of ips.entries()) {
    if (cidrErrors(ip).length > 0) errors.push(invalid(`${at}.ips[${index}]`, ip, addressText));
  }
  addErrors(
    errors,
    validateUnique(ips, (index) => `${at}.ips[${index}]`),
  );
  return errors;
}
