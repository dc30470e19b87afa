/**
 * The rules that ConfigMaps and Secrets share: what keys may be, how much they may hold, how they are sealed.
 */

import type { FieldError } from "../field_error.ts";
import { forbidden, invalid, tooLong } from "../field_error.ts";
import { jsonEqual } from "../types.ts";
import { configKeyErrors } from "./names.ts";

const bytesMax = 1024 * 1024;

type Values = Readonly<Record<string, string>>;

/** What is wrong with the keys of one map, and how many bytes its values have. */
export function validateKeys(
  values: Values | undefined,
  options: { field: string; base64: boolean },
): { errors: FieldError[]; bytes: number } {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const key in values) {
    for (const text of configKeyErrors(key)) errors.push(invalid(`${options.field}[${key}]`, key, text));
    const { length } = values[key] ?? "";
    bytes += options.base64 ? Math.floor((length * 3) / 4) : length;
  }
  return { errors, bytes };
}

/** What is wrong if all values together are too large for the store. */
export function validateSize(bytes: number, field: string): FieldError[] {
  return bytes > bytesMax ? [tooLong(field, bytesMax)] : [];
}

interface Sealable {
  readonly immutable?: boolean;
  readonly data?: Values;
  readonly binaryData?: Values;
}

/** What is wrong with a change of an object that was declared immutable. */
export function validateSealed(object: Sealable, old: Sealable): FieldError[] {
  if (old.immutable !== true) return [];
  const text = "field is immutable when `immutable` is set";
  const errors: FieldError[] = [];
  if (object.immutable !== true) errors.push(forbidden("immutable", text));
  for (const field of ["data", "binaryData"] as const) {
    if (!jsonEqual(object[field] ?? {}, old[field] ?? {})) errors.push(forbidden(field, text));
  }
  return errors;
}
