/**
 * The rules for paths in volumes and on nodes.
 */
import { type FieldError, invalid } from "../field_error.ts";

const modeMax = 0o777;

/** What is wrong with a path that may not lead out of where it begins. */
export function localPathErrors(path: string, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (path.startsWith("/")) errors.push(invalid(at, path, "must be a relative path"));
  return [...errors, ...backstepErrors(path, at)];
}

/** What is wrong with a path that may not go up. */
export function backstepErrors(path: string, at: string): FieldError[] {
  return path.split("/").includes("..") ? [invalid(at, path, "must not contain '..'")] : [];
}

/** What is wrong with a path of a file that a volume makes: names that begin with two dots are its own. */
export function unreservedPathErrors(path: string, at: string): FieldError[] {
  const errors = localPathErrors(path, at);
  if (path.startsWith("..") && !path.startsWith("../")) errors.push(invalid(at, path, "must not start with '..'"));
  return errors;
}

/** What is wrong with the mode of a file. */
export function fileModeErrors(mode: number | undefined, at: string): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= modeMax)) return [];
  return [invalid(at, mode, "must be a number between 0 and 0777 (octal), both inclusive")];
}
