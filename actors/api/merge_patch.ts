/**
 * JSON merge patch, RFC 7386: fields are merged, null deletes, everything else replaces.
 */

import type { Fields } from "./types.ts";
import { jsonEqual, setOwn } from "./types.ts";

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `target` with `patch` applied; neither is changed, and what the patch leaves alone is shared. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Fields = isObject(target) ? { ...target } : {};
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === null) delete result[key];
    else setOwn(result, { key, value: applyMergePatch(result[key], value) });
  }
  return result;
}

/** The merge patch that makes `modified` of `original`; it cannot set a field to null. */
export function createMergePatch(original: unknown, modified: unknown): unknown {
  if (!isObject(original) || !isObject(modified)) return modified;
  const patch: Fields = {};
  for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) setOwn(patch, { key, value: null });
  for (const key of Object.keys(modified)) {
    const before = Object.hasOwn(original, key) ? original[key] : undefined;
    const after = modified[key];
    if (before !== undefined && jsonEqual(before, after)) continue;
    const both = isObject(before) && isObject(after);
    setOwn(patch, { key, value: both ? createMergePatch(before, after) : after });
  }
  return patch;
}
