/**
 * The rules for numbers that may be parts of a hundred.
 */
import { type FieldError, invalid } from "../field_error.ts";
import { validateNonNegative } from "./metadata.ts";

type Amount = number | string;

const percentText =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
const isPercent = (value: Amount): boolean => typeof value === "string" && /^[0-9]+%$/.test(value);

/** What is wrong with a number or percentage. */
export function validateIntOrPercent(value: Amount, at: string): FieldError[] {
  if (typeof value === "number") return validateNonNegative(value, at);
  return isPercent(value) ? [] : [invalid(at, value, percentText)];
}

/** What is wrong with a percentage of more than all. */
export function validateAtMostAll(value: Amount, at: string): FieldError[] {
  const isMore = isPercent(value) && Number.parseInt(String(value), 10) > 100;
  return isMore ? [invalid(at, value, "must not be greater than 100%")] : [];
}

/** Whether a number or percentage is nothing, as what is neither is taken for. */
export function isNothing(value: Amount): boolean {
  if (typeof value === "number") return value === 0;
  if (isPercent(value)) return Number.parseInt(value, 10) === 0;
  return /^[+-]?[0-9]+$/.test(value) ? Number.parseInt(value, 10) === 0 : true;
}
