/**
 * The rules for what a claim asks for, in claims and in the templates of claims alike.
 */
import type { PersistentVolumeClaimSpec as CorePersistentVolumeClaimSpec } from "kubernetes-types/core/v1.js";
import { addErrors, type FieldError, invalid, notSupported, required } from "../field_error.ts";
import { compareQuantities, formatQuantity, parseQuantity, zero } from "../quantity.ts";
import type { Frozen } from "../types.ts";
import { accessModeErrors } from "./access_modes.ts";
import { validateLabelSelector } from "./label_selector.ts";
import { dnsLabelErrors, dnsSubdomainErrors } from "./names.ts";

/** A claim's spec; the class of its attributes is newer than the package that gives the other fields. */
export interface PersistentVolumeClaimSpec extends CorePersistentVolumeClaimSpec {
  volumeAttributesClassName?: string;
}

interface DataSource {
  readonly apiGroup?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

export const volumeModes = ["Block", "Filesystem"];

/** What is wrong with a claim's spec. */
export function validateClaimSpec(spec: Frozen<PersistentVolumeClaimSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { accessModes: modes = [], resources, selector, storageClassName, volumeMode } = spec;
  if (modes.length === 0) errors.push(required(`${at}.accessModes`, "at least 1 access mode is required"));
  if (selector !== undefined) addErrors(errors, validateLabelSelector(selector, `${at}.selector`));
  addErrors(errors, accessModeErrors(modes, `${at}.accessModes`));
  addErrors(errors, sizeErrors(resources?.requests?.storage, `${at}.resources[storage]`));
  addErrors(errors, classErrors(storageClassName, `${at}.storageClassName`));
  if (volumeMode !== undefined && !volumeModes.includes(volumeMode)) {
    errors.push(notSupported(`${at}.volumeMode`, volumeMode, volumeModes));
  }
  addErrors(errors, dataSourceErrors(spec, at));
  addErrors(errors, classErrors(spec.volumeAttributesClassName, `${at}.volumeAttributesClassName`));
  return errors;
}

/** What is wrong with the name of a class, where there is one. */
export function classErrors(name: string | undefined, at: string): FieldError[] {
  return name ? dnsSubdomainErrors(name).map((text) => invalid(at, name, text)) : [];
}

function sizeErrors(storage: string | undefined, at: string): FieldError[] {
  if (storage === undefined) return [required(at)];
  const size = parseQuantity(storage) ?? zero;
  return compareQuantities(size, zero) > 0 ? [] : [invalid(at, formatQuantity(size), "must be greater than zero")];
}

function dataSourceErrors(spec: Frozen<PersistentVolumeClaimSpec>, at: string): FieldError[] {
  const { dataSource: source, dataSourceRef: reference } = spec as {
    readonly dataSource?: DataSource;
    readonly dataSourceRef?: DataSource;
  };
  const errors = [...referenceErrors(source, `${at}.dataSource`), ...referenceErrors(reference, `${at}.dataSourceRef`)];
  if (!source || !reference) return errors;
  // As in Kubernetes, what is wrong is told as the place of it.
  if (reference.namespace) {
    return [
      ...errors,
      invalid(at, `${at}.dataSource`, "may not be specified when dataSourceRef.namespace is specified"),
    ];
  }
  const isSame = (["apiGroup", "kind", "name"] as const).every((field) => source[field] === reference[field]);
  return isSame ? errors : [...errors, invalid(at, `${at}.dataSource`, "must match dataSourceRef")];
}

function referenceErrors(reference: DataSource | undefined, at: string): FieldError[] {
  if (reference === undefined) return [];
  const { apiGroup = "", kind = "", name = "", namespace = "" } = reference;
  const errors: FieldError[] = [];
  if (name === "") errors.push(required(`${at}.name`));
  if (kind === "") errors.push(required(`${at}.kind`));
  if (apiGroup === "" && kind !== "PersistentVolumeClaim") {
    errors.push(invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  }
  for (const text of apiGroup === "" ? [] : dnsSubdomainErrors(apiGroup)) {
    errors.push(invalid(`${at}.apiGroup`, apiGroup, text));
  }
  for (const text of namespace === "" ? [] : dnsLabelErrors(namespace)) {
    errors.push(invalid(`${at}.namespace`, namespace, text));
  }
  return errors;
}
