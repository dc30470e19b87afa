import { type FieldError, forbidden, notSupported, required } from "../field_error.ts";

const accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/** What is wrong with how a volume may be used at once. */
export function validateAccessModes(modes: readonly string[] | undefined, at: string): FieldError[] {
  if (modes === undefined || modes.length === 0) return [required(at, "at least 1 access mode is required")];
  const errors = modes.filter((each) => !accessModes.includes(each)).map((each) => notSupported(at, each, accessModes));
  if (modes.includes("ReadWriteOncePod") && new Set(modes).size > 1) {
    errors.push(forbidden(at, "may not use ReadWriteOncePod with other access modes"));
  }
  return errors;
}
