import { jsonKind } from "./go_format.ts";

/** What is wrong with the type of the fields that say what an object is. */
export function typeMetaError(fields: { readonly apiVersion?: unknown; readonly kind?: unknown }): string | undefined {
  for (const name of ["apiVersion", "kind"] as const) {
    const value = fields[name] ?? "";
    if (typeof value === "string") continue;
    const why = `json: cannot unmarshal ${jsonKind(value)} into Go struct field .${name} of type string`;
    return `couldn't get version/kind; json parse error: ${why}`;
  }
  return undefined;
}
