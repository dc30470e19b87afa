/**
 * Errors about one field of an object, with the words of k8s.io/apimachinery `field.Error`.
 */

/** What is wrong with a field; these are the reasons of a Status' causes. */
export type FieldErrorType =
  | "FieldValueRequired"
  | "FieldValueInvalid"
  | "FieldValueNotSupported"
  | "FieldValueDuplicate"
  | "FieldValueForbidden"
  | "FieldValueNotFound"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "FieldValueTypeInvalid"
  | "InternalError";

/** One thing that is wrong with one field. */
export interface FieldError {
  type: FieldErrorType;
  /** The path of the field, such as `spec.containers[0].image`. */
  field: string;
  value?: unknown;
  detail: string;
}

const words: Record<FieldErrorType, string> = {
  FieldValueRequired: "Required value",
  FieldValueInvalid: "Invalid value",
  FieldValueNotSupported: "Unsupported value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueForbidden: "Forbidden",
  FieldValueNotFound: "Not found",
  FieldValueTooLong: "Too long",
  FieldValueTooMany: "Too many",
  FieldValueTypeInvalid: "Invalid value",
  InternalError: "Internal error",
};

const withoutValue: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  "FieldValueRequired",
  "FieldValueForbidden",
  "FieldValueTooLong",
  "InternalError",
]);

/** The value of an error that does not show it. */
export const omitted = Symbol("omitted");

/** A list or a map that nobody made, which is shown as none. */
export const nothing = Symbol("nothing");

function shown(value: unknown): string {
  // A real server prints a nil value as the quoted word, so this does too, but not a list or a map that is nil.
  return value === nothing ? "null" : JSON.stringify(value ?? "null");
}

/** The error's text without its field: a Status cause's message. */
export function fieldErrorBody(error: FieldError): string {
  let body = words[error.type];
  if (!withoutValue.has(error.type) && error.value !== omitted) body += `: ${shown(error.value)}`;
  return error.detail === "" ? body : `${body}: ${error.detail}`;
}

/** The error's whole text. */
export function fieldErrorText(error: FieldError): string {
  return `${error.field}: ${fieldErrorBody(error)}`;
}

/** The text of several errors, as Go's aggregate prints them: one alone, more in brackets, none twice. */
export function aggregateText(texts: readonly string[]): string {
  const unique = [...new Set(texts)];
  return unique.length === 1 ? (unique[0] ?? "") : `[${unique.join(", ")}]`;
}

/**
 * Adds errors to others. To `push` them all at once would hand over each as an argument, of which a thread's stack has
 * room for some hundred thousand: an object of three megabytes can be wrong in a million places.
 */
export function addErrors(errors: FieldError[], more: Iterable<FieldError>): void {
  for (const each of more) errors.push(each);
}

/** A field that must have a value has none. */
export function required(field: string, detail = ""): FieldError {
  return { type: "FieldValueRequired", field, detail };
}

/** A field's value breaks a rule. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { type: "FieldValueInvalid", field, value, detail };
}

/** A field's value is not one of a fixed set. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const quoted = supported.map((each) => JSON.stringify(each)).join(", ");
  return { type: "FieldValueNotSupported", field, value, detail: quoted === "" ? "" : `supported values: ${quoted}` };
}

/** A value that must be unique is there twice. */
export function duplicate(field: string, value: unknown): FieldError {
  return { type: "FieldValueDuplicate", field, value, detail: "" };
}

/** A field may not be set, or not be changed, in this situation. */
export function forbidden(field: string, detail: string): FieldError {
  return { type: "FieldValueForbidden", field, detail };
}

/** A field refers to something that is not there. */
export function notFoundField(field: string, value: unknown): FieldError {
  return { type: "FieldValueNotFound", field, value, detail: "" };
}

/** A text has more bytes than it may have. */
export function tooLong(field: string, bytesMax: number): FieldError {
  return { type: "FieldValueTooLong", field, detail: `may not be more than ${bytesMax} bytes` };
}

/** A list has more items than it may have. */
export function tooMany(field: string, count: number, most: number): FieldError {
  return { type: "FieldValueTooMany", field, value: count, detail: `must have at most ${most} items` };
}
