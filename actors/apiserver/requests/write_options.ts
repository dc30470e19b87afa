import { type FieldError, forbidden, invalid, notSupported, required, tooLong } from "../../api/field_error.ts";
import { invalidObject, type Status } from "../../api/status.ts";
import type { ApiRequest } from "../messages.ts";

const optionKinds: Readonly<Partial<Record<ApiRequest["verb"], string>>> = {
  create: "CreateOptions",
  update: "UpdateOptions",
  patch: "PatchOptions",
  delete: "DeleteOptions",
  deletecollection: "DeleteOptions",
};
const fieldManagerBytesMax = 128;
/** What Go's `unicode.IsPrint` says no to. */
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/**
 * Refuses a write whose options are not what Kubernetes knows: a dry run in words of one's own would be a write in
 * earnest.
 *
 * Source: apimachinery's validation of CreateOptions, UpdateOptions, PatchOptions and DeleteOptions.
 */
export function writeOptionsError({
  verb,
  query = {},
  dryRun = query.dryRun === undefined ? [] : [query.dryRun],
}: Pick<ApiRequest, "verb" | "query" | "dryRun">): Status | undefined {
  const kind = optionKinds[verb];
  if (kind === undefined) return undefined;
  const errors: FieldError[] = [];
  if (kind !== "DeleteOptions") {
    errors.push(...fieldManagerErrors(query.fieldManager ?? ""));
    const mode = query.fieldValidation ?? "";
    const modes = ["Ignore", "Strict", "Warn"];
    if (mode !== "" && !modes.includes(mode)) errors.push(notSupported("fieldValidation", mode, modes));
  }
  errors.push(...dryRunErrors(dryRun));
  return errors.length === 0 ? undefined : invalidObject({ group: "meta.k8s.io", kind }, "", errors);
}

/** What is wrong with how a dry run is asked for. */
export function dryRunErrors(asked: readonly string[]): FieldError[] {
  return asked.every((each) => each === "All") ? [] : [notSupported("dryRun", asked, ["All"])];
}

/** What an apply asks for beside that, and what is for an apply alone; which it is comes with the body. */
export function applyOptionsError(query: Readonly<Record<string, string>>, isApply: boolean): Status | undefined {
  const refuse = (error: FieldError) => invalidObject({ group: "meta.k8s.io", kind: "PatchOptions" }, "", [error]);
  if (isApply) return query.fieldManager ? undefined : refuse(required("fieldManager", "is required for apply patch"));
  return query.force === undefined ? undefined : refuse(forbidden("force", "may not be specified for non-apply patch"));
}

function fieldManagerErrors(manager: string): FieldError[] {
  const isTooLong = manager.length * 3 > fieldManagerBytesMax && bytesOf(manager) > fieldManagerBytesMax;
  const errors = isTooLong ? [tooLong("fieldManager", fieldManagerBytesMax)] : [];
  const odd = unprintable.exec(manager);
  if (!odd) return errors;
  const code = (odd[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const why = `invalid character U+${code} (at position ${bytesOf(manager.slice(0, odd.index))})`;
  return [...errors, invalid("fieldManager", manager, why)];
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
