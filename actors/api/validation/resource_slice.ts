import { functions } from "../cel/functions.ts";
import { isError } from "../cel/values.ts";
import type { Device, DeviceAttribute, ResourceSliceSpec } from "../device_offers.ts";
import { addErrors, type FieldError, invalid, nothing, required, tooLong, tooMany } from "../field_error.ts";
import type { Frozen } from "../types.ts";
import { validateUnique } from "./metadata.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "./names.ts";
import { validateNodeSelector } from "./node_selector.ts";

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
  for (const [index, device] of devices.entries()) addErrors(errors, deviceErrors(device, `spec.devices[${index}]`));
  const names = devices.map(({ name }) => name);
  addErrors(
    errors,
    validateUnique(names, (index) => `spec.devices[${index}].name`),
  );
  return errors;
}

function placeErrors({ nodeName, nodeSelector, allNodes }: Frozen<ResourceSliceSpec>): FieldError[] {
  const errors: FieldError[] = [];
  if (nodeName === "")
    errors.push(invalid("spec.nodeName", nodeName, "must be either unset or set to a non-empty string"));
  if (nodeName) errors.push(...dnsSubdomainErrors(nodeName).map((text) => invalid("spec.nodeName", nodeName, text)));
  if (nodeSelector) addErrors(errors, validateNodeSelector(nodeSelector, "spec.nodeSelector"));
  const terms = nodeSelector?.nodeSelectorTerms;
  if (nodeSelector && terms?.length !== 1) {
    const text = "must have exactly one node selector term";
    errors.push(invalid("spec.nodeSelector.nodeSelectorTerms", terms ?? nothing, text));
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
    const here = `${at}.attributes[${shortened(key)}]`;
    errors.push(...qualifiedNameErrors(key, here), ...attributeErrors(attribute, here));
  }
  for (const key of Object.keys(capacity))
    errors.push(...qualifiedNameErrors(key, `${at}.capacity[${shortened(key)}]`));
  const count = Object.keys(attributes).length + Object.keys(capacity).length;
  if (count > attributesAndCapacitiesMax) {
    const text = `the total number of attributes and capacities must not exceed ${attributesAndCapacitiesMax}`;
    errors.push(invalid(at, count, text));
  }
  return errors;
}

/** A name that is too long is shown without its middle. */
function shortened(key: string): string {
  const most = domainCharsMax + 1 + idCharsMax;
  if (key.length <= most) return key;
  const rest = most - "...".length;
  return `${key.slice(0, Math.ceil(rest / 2))}...${key.slice(key.length - Math.floor(rest / 2))}`;
}

function attributeErrors(attribute: Frozen<DeviceAttribute>, at: string): FieldError[] {
  const { string, version } = attribute;
  const count = Object.keys(attribute).length;
  if (count === 0) return [required(at, "exactly one value must be specified")];
  const errors: FieldError[] = [];
  if (string !== undefined && string.length > attributeCharsMax)
    errors.push(tooLong(`${at}.string`, attributeCharsMax));
  if (version !== undefined) {
    const read = functions.get("semver")?.([version], () => true);
    if (read === undefined || isError(read))
      errors.push(invalid(`${at}.version`, version, "must be a string compatible with semver.org spec 2.0.0"));
    if (version.length > attributeCharsMax) errors.push(tooLong(`${at}.version`, attributeCharsMax));
  }
  if (count > 1) errors.push(invalid(at, attribute, "exactly one value must be specified"));
  return errors;
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
    else errors.push(...driverErrors(domain, at));
  }
  if (id === "") errors.push(required(at, "the name must not be empty"));
  else {
    if (id.length > idCharsMax) errors.push(tooLong(at, idCharsMax));
    if (!identifier.test(id))
      errors.push({ type: "FieldValueTypeInvalid", field: at, value: id, detail: identifierText });
  }
  return errors;
}

/** What is wrong with a name that must have its domain. */
export function fullNameErrors(name: string, at: string): FieldError[] {
  const errors = qualifiedNameErrors(name, at);
  return name.includes("/") ? errors : [...errors, invalid(at, name, "must include a domain")];
}
