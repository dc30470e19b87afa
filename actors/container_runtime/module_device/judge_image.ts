import { relative } from "node:path";
import { type BuiltinReached, builtinNeeds } from "../../../runtime/hosts/check_module.ts";
import { projectRoot } from "../../../runtime/hosts/source_cache.ts";
import type { PermissionName, Permissions } from "../../../runtime/permissions.ts";
import { permissionsAnnotation } from "../messages.ts";
import { guardedNames } from "./inside/guarded_builtins.ts";

/**
 * Refuses a container whose image imports one of Node's own modules that its pod's permissions do not cover. Where
 * what a module does is looked at when it is done (`guardedBuiltin`), one of its permissions with any scope opens it;
 * all others can be had only with `"*"` for each of theirs. Of the environment a container sees only what is granted.
 *
 * @throws Error that names the container, the module, the permission and the annotation
 */
export function judgeImage(builtins: readonly BuiltinReached[], permissions: Permissions, container: string): void {
  for (const { builtin, importer } of builtins) {
    const missing = missingFor(builtin, permissions);
    if (!missing) continue;
    const [name, scope] = missing;
    throw new Error(
      `Cannot start container "${container}": its image imports "node:${builtin}" in "${shown(importer)}", permission "${name}"${scope === "*" ? ` for all` : ""} is not granted for it, annotate its pod with ${permissionsAnnotation}: '{"${name}": ["${scope}"]}'`,
    );
  }
}

const examples: Readonly<Partial<Record<PermissionName, string>>> = { read: "/path", net: "host:port" };

function missingFor(builtin: string, permissions: Permissions): readonly [PermissionName, string] | undefined {
  const needs = builtinNeeds[builtin] ?? [];
  const has = (name: PermissionName) => (permissions[name] ?? []).length > 0;
  if (guardedNames.has(builtin)) {
    const [first = "net"] = needs;
    return needs.some(has) ? undefined : [first, examples[first] ?? "*"];
  }
  const missing = needs.find((name) => (name === "env" ? !has(name) : !permissions[name]?.includes("*")));
  return missing ? [missing, "*"] : undefined;
}

function shown(path: string): string {
  const inside = relative(projectRoot, path);
  return inside.startsWith("..") ? path : inside;
}
