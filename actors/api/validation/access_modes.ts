import { type FieldError, forbidden, notSupported } from "../field_error.ts";

const accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/** What is wrong with how a volume may be used at once. */
export function accessModeErrors(modes: readonly string[], at: string): FieldError[] {
  const errors = modes.filter((each) => !accessModes.includes(each)).map((each) => notSupported(at, each, accessModes));
  const known = modes.filter((each) => accessModes.includes(each));
  if (known.includes("ReadWriteOncePod") && new Set(known).size > 1) {
    errors.push(forbidden(at, "may not use ReadWriteOncePod with other access modes"));
  }
  return errors;
}
