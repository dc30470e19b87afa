/**
 * The rules for what refers to another object by its kind and name.
 */
import { type FieldError, invalid, required } from "../field_error.ts";
import { dnsSubdomainErrors, pathSegmentErrors } from "./names.ts";

/** An object by its group, kind and name. */
export interface TypedReference {
  readonly apiGroup?: string | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
}

/** What is wrong with a reference to an object of any kind. */
export function typedReferenceErrors({ apiGroup, kind = "", name = "" }: TypedReference, at: string): FieldError[] {
  const groups = apiGroup === undefined ? [] : dnsSubdomainErrors(apiGroup);
  return [
    ...groups.map((text) => invalid(`${at}.apiGroup`, apiGroup, text)),
    ...segmentErrors(kind, `${at}.kind`, "kind is required"),
    ...segmentErrors(name, `${at}.name`, "name is required"),
  ];
}

/** What is wrong with a part of a path that has to be there. */
export function segmentErrors(value: string, at: string, missing = ""): FieldError[] {
  return value === "" ? [required(at, missing)] : pathSegmentErrors(value).map((text) => invalid(at, value, text));
}
