import { functions } from "../cel/functions.ts";
import { isError } from "../cel/values.ts";
import type { Device, DeviceAttribute, ResourceSliceSpec } from "../device_offers.ts";
import { duplicate, type FieldError, invalid, required, tooLong, tooMany } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "./names.ts";

const devicesMax = 128;
const attributesAndCapacitiesMax = 32;
const attributeCharsMax = 64;
const idCharsMax = 32;
const domainCharsMax = 63;
const driverCharsMax = 63;
const poolCharsMax = 253;
const placesText = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";

/** What is wrong with what a driver says of its devices. */
export function validateSlice(spec: Frozen<ResourceSliceSpec>): FieldError[] {
  const { driver, pool, devices = [] } = spec;
  const errors = [...driverErrors(driver, "spec.driver"), ...poolNameErrors(pool?.name ?? "", "spec.pool.name")];
  if ((pool?.resourceSliceCount ?? 0) <= 0) {
    errors.push(invalid("spec.pool.resourceSliceCount", pool?.resourceSliceCount ?? 0, "must be greater than zero"));
  }
  if ((pool?.generation ?? 0) < 0) {
    errors.push(invalid("spec.pool.generation", pool.generation, "must be greater than or equal to zero"));
  }
  errors.push(...placeErrors(spec));
  if (devices.length > devicesMax) errors.push(tooMany("spec.devices", devices.length, devicesMax));
  const names = new Set<string>();
  for (const [index, device] of devices.entries()) {
    const at = `spec.devices[${index}]`;
    errors.push(...deviceErrors(device, at));
    if (names.has(device.name)) errors.push(duplicate(at, device.name));
    names.add(device.name);
  }
  return errors;
}

function placeErrors({ nodeName, nodeSelector, allNodes }: Frozen<ResourceSliceSpec>): FieldError[] {
  const errors: FieldError[] = [];
  if (nodeName === "")
    errors.push(invalid("spec.nodeName", nodeName, "must be either unset or set to a non-empty string"));
  if (nodeName) errors.push(...dnsSubdomainErrors(nodeName).map((text) => invalid("spec.nodeName", nodeName, text)));
  const terms = nodeSelector?.nodeSelectorTerms;
  if (nodeSelector && terms?.length !== 1) {
    const at = "spec.nodeSelector.nodeSelectorTerms";
    errors.push(
      terms?.length
        ? invalid(at, terms, "must have exactly one node selector term")
        : required(at, "must have at least one node selector term"),
    );
  }
  if (allNodes === false) errors.push(invalid("spec.allNodes", false, "must be either unset or set to true"));
  const named = [nodeName ? "`nodeName`" : "", nodeSelector ? "`nodeSelector`" : "", allNodes ? "`allNodes`" : ""];
  const places = named.filter((each) => each !== "");
  if (places.length === 0) errors.push(required("spec", placesText));
  if (places.length > 1)
    errors.push(invalid("spec", `{${places.join(", ")}}`, `${placesText}, but multiple fields are set`));
  return errors;
}

/** What is wrong with the name of a driver. */
export function driverErrors(driver: string, at: string): FieldError[] {
  if (!driver) return [required(at)];
  if (driver.length > driverCharsMax) return [tooLong(at, driverCharsMax)];
  return dnsSubdomainErrors(driver.toLowerCase()).map((text) => invalid(at, driver, text));
}

/** What is wrong with the name of a pool: parts with slashes between. */
export function poolNameErrors(name: string, at: string): FieldError[] {
  if (name === "") return [required(at)];
  const errors = name.length > poolCharsMax ? [tooLong(at, poolCharsMax)] : [];
  for (const part of name.split("/")) errors.push(...dnsSubdomainErrors(part).map((text) => invalid(at, part, text)));
  return errors;
}

function deviceErrors({ name, attributes = {}, capacity = {} }: Frozen<Device>, at: string): FieldError[] {
  const errors = name
    ? dnsLabelErrors(name).map((text) => invalid(`${at}.name`, name, text))
    : [required(`${at}.name`)];
  for (const [key, attribute] of Object.entries(attributes)) {
    const here = `${at}.attributes[${key}]`;
    errors.push(...qualifiedNameErrors(key, here), ...attributeErrors(attribute, here));
  }
  for (const key of Object.keys(capacity)) errors.push(...qualifiedNameErrors(key, `${at}.capacity[${key}]`));
  const count = Object.keys(attributes).length + Object.keys(capacity).length;
  if (count > attributesAndCapacitiesMax) {
    const text = `the total number of attributes and capacities must not exceed ${attributesAndCapacitiesMax}`;
    errors.push(invalid(at, count, text));
  }
  return errors;
}

function attributeErrors(attribute: Frozen<DeviceAttribute>, at: string): FieldError[] {
  const { string, version } = attribute;
  const count = Object.keys(attribute).length;
  if (count === 0) return [required(at, "exactly one value must be specified")];
  if (count > 1) return [invalid(at, attribute, "exactly one value must be specified")];
  if (string !== undefined && string.length > attributeCharsMax) return [tooLong(`${at}.string`, attributeCharsMax)];
  if (version === undefined) return [];
  const here = `${at}.version`;
  if (version.length > attributeCharsMax) return [tooLong(here, attributeCharsMax)];
  const read = functions.get("semver")?.([version], () => true);
  if (read !== undefined && !isError(read)) return [];
  return [invalid(here, version, "must be a string compatible with semver.org spec 2.0.0")];
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
const identifierText =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";

/** What is wrong with the name of an attribute or a capacity: an identifier, with a domain and a slash before it or without. */
export function qualifiedNameErrors(name: string, at: string): FieldError[] {
  if (name === "") return [required(at, "name required")];
  const slash = name.indexOf("/");
  const id = name.slice(slash + 1);
  const errors: FieldError[] = [];
  if (slash >= 0) {
    const domain = name.slice(0, slash);
    if (domain === "") errors.push(required(at, "the domain must not be empty"));
    else if (domain.length > domainCharsMax) errors.push(tooLong(at, domainCharsMax));
    else errors.push(...dnsSubdomainErrors(domain).map((text) => invalid(at, domain, text)));
  }
  if (id === "") errors.push(required(at, "the name must not be empty"));
  else if (id.length > idCharsMax) errors.push(tooLong(at, idCharsMax));
  else if (!identifier.test(id)) errors.push(invalid(at, id, identifierText));
  return errors;
}

/** What is wrong with a name that must have its domain. */
export function fullNameErrors(name: string, at: string): FieldError[] {
  const errors = qualifiedNameErrors(name, at);
  return name.includes("/") ? errors : [...errors, invalid(at, name, "must include a domain")];
}
