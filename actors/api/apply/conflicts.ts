import type { StatusCause } from "../types.ts";
import type { Conflict } from "./apply.ts";
import { shownPaths } from "./field_set.ts";
import { idOf, type Owner } from "./managers.ts";

/** What a client is told whose apply would change what others own, and each such field as a cause. */
export interface ToldConflicts {
  readonly message: string;
  readonly causes: readonly StatusCause[];
}

/**
 * Conflicts in Kubernetes' words.
 *
 * Source: `NewConflictError` of k8s.io/apimachinery, `pkg/util/managedfields/internal/conflict.go`.
 */
export function tellConflicts(conflicts: readonly Conflict[]): ToldConflicts {
  const found = [...conflicts]
    .sort((a, b) => (idOf(a.owner) < idOf(b.owner) ? -1 : 1))
    .map(({ owner, fields }) => ({ who: shownOwner(owner), paths: shownPaths(fields) }));
  const causes = found.flatMap(({ who, paths }) =>
    paths.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${who}`, field })),
  );
  const [only] = causes;
  if (causes.length === 1 && only) {
    return { message: `Apply failed with 1 conflict: ${only.message}: ${only.field}`, causes };
  }
  const lines = found.flatMap(({ who, paths }) => [`conflicts with ${who}:`, ...paths.map((path) => `- ${path}`)]);
  return { message: `Apply failed with ${causes.length} conflicts: ${lines.join("\n")}`, causes };
}

function shownOwner({ manager, operation, apiVersion, subresource }: Owner): string {
  const part = subresource === undefined ? "" : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${part}${operation === "Update" ? ` using ${apiVersion}` : ""}`;
}
