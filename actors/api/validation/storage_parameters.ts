/**
 * The rules for who makes volumes, and for what that is told.
 */
import { type FieldError, invalid, required, tooLong } from "../field_error.ts";
import { labelKeyErrors } from "./names.ts";

const countMax = 512;
const bytesMax = 256 * 1_024;

/** What is wrong with the name of who makes volumes. */
export function provisionerErrors(name: string, at: string): FieldError[] {
  if (name === "") return [required(at)];
  return labelKeyErrors(name.toLowerCase()).map((text) => invalid(at, name, text));
}

/** What is wrong with what that is told. */
export function parameterErrors(parameters: Readonly<Record<string, string>>, at: string): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > countMax) return [tooLong(at, countMax)];
  const errors = entries.filter(([key]) => key === "").map(() => invalid(at, "", "field can not be empty."));
  const bytes = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (bytes > bytesMax) errors.push(tooLong(at, bytesMax));
  return errors;
}
