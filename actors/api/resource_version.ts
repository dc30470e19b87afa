/**
 * Resource versions: the store's revisions as decimal text. `''` means the newest, `'0'` any that is at hand.
 */

import { failed, ok, type Result } from "../kit/result.ts";
import type { FieldError } from "./field_error.ts";
import { invalid } from "./field_error.ts";

/** A resource version as a number (`''` is 0), or what is wrong with it. */
export function parseResourceVersion(text: string): Result<number, FieldError> {
  if (text === "" || text === "0") return ok(0);
  if (/^[0-9]{1,20}$/.test(text)) {
    const version = Number(text);
    if (Number.isSafeInteger(version)) return ok(version);
    const detail = `strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`;
    return failed(invalid("resourceVersion", text, detail));
  }
  return failed(invalid("resourceVersion", text, `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`));
}

/** The resource version of a revision. */
export function formatResourceVersion(revision: number): string {
  return revision === 0 ? "" : String(revision);
}

/** Which of two resource versions of one store is newer: negative when `left` is older. Both must be valid. */
export function compareResourceVersions(left: string, right: string): number {
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}
