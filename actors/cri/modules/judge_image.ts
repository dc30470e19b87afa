import { relative } from "node:path";
import type { BuiltinReached } from "../../../runtime/build/check_module.ts";
import { projectRoot } from "../../../runtime/build/source_files.ts";
import type { Permissions } from "../../../runtime/core/permissions.ts";
import { missingFor, ungranted } from "./inside/builtin_grants.ts";

/**
 * Refuses a container whose image imports one of Node's own modules that its pod's permissions do not cover.
 *
 * @throws Error that names the container, the module, the permission and the annotation
 */
export function judgeImage(builtins: readonly BuiltinReached[], permissions: Permissions, container: string): void {
  for (const { builtin, importer } of builtins) {
    const missing = missingFor(builtin, permissions);
    if (!missing) continue;
    const place = `"node:${builtin}" in "${shown(importer)}"`;
    throw new Error(`Cannot start container "${container}": its image imports ${place}, ${ungranted(missing)}`);
  }
}

function shown(path: string): string {
  const inside = relative(projectRoot, path);
  return inside.startsWith("..") ? path : inside;
}
