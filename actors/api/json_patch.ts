/**
 * JSON patch, RFC 6902.
 */

import type { Operation } from "fast-json-patch";
import jsonPatch from "fast-json-patch";

/** How many operations one patch may have. */
export const jsonPatchOperationsMax = 10_000;

/** What came of a patch. */
export type Patched = { readonly value: unknown } | { readonly error: string; readonly kind: "malformed" | "refused" };

const operations: ReadonlySet<string> = new Set(["add", "remove", "replace", "move", "copy", "test"]);

/** `document` with the patch applied; it is not changed. A patch is applied wholly or not at all. */
export function applyJsonPatch(document: unknown, patch: unknown): Patched {
  const malformed = malformedPatch(patch);
  if (malformed !== undefined) return { error: malformed, kind: "malformed" };
  try {
    // The library's checks find paths that lead nowhere; without them it would make them up.
    const { newDocument } = jsonPatch.applyPatch(document, patch as Operation[], true, false);
    return { value: newDocument };
  } catch (thrown) {
    const text = thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : String(thrown);
    return { error: text, kind: "refused" };
  }
}

function malformedPatch(patch: unknown): string | undefined {
  if (!Array.isArray(patch))
    return "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch";
  for (const operation of patch as unknown[]) {
    const { op, path } = (operation ?? {}) as { op?: unknown; path?: unknown };
    if (typeof op !== "string" || !operations.has(op)) return `Unexpected kind: ${String(op)}`;
    if (typeof path !== "string") return `${op} operation does not apply: missing path`;
  }
  return undefined;
}
