import { builtinNeeds } from "../../../../runtime/build/builtin_needs.ts";
import type { PermissionName, PermissionNeed, Permissions } from "../../../../runtime/core/permissions.ts";
import { permissionsAnnotation } from "../../messages.ts";

/**
 * Of these modules of Node what they do is looked at when they do it (`dns` only tells addresses); of the others, only
 * who loads them.
 */
export const guardedNames: ReadonlySet<string> = new Set(["dns", "fs", "http", "http2", "https", "net", "tls"]);

const examples: Readonly<Partial<Record<PermissionName, string>>> = { read: "/path", net: "host:port" };

/**
 * What a container lacks to load one of Node's own modules. Where what a module does is looked at when it is done, one
 * of its permissions with any scope opens it; all others can be had only with `"*"` for each of theirs. Of the
 * environment a container sees only what is granted.
 */
export function missingFor(builtin: string, permissions: Permissions): PermissionNeed | undefined {
  const needs = builtinNeeds[builtin] ?? [];
  const has = (name: PermissionName) => (permissions[name] ?? []).length > 0;
  if (guardedNames.has(builtin)) {
    const [name = "net"] = needs;
    return needs.some(has) ? undefined : { name, scope: examples[name] ?? "*" };
  }
  const missing = needs.find((name) => (name === "env" ? !has(name) : !permissions[name]?.includes("*")));
  return missing && { name: missing, scope: "*" };
}

/** The words for what is missing, and what to do about it. */
export function ungranted({ name, scope }: PermissionNeed): string {
  const all = scope === "*" ? " for all" : "";
  return `permission "${name}"${all} is not granted for it, annotate its pod with ${permissionsAnnotation}: '{"${name}": ["${scope}"]}'`;
}
