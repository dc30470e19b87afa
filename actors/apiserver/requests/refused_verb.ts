import type { KindDefinition } from "../../api/kind.ts";
import { definitionOf } from "../../api/schema/schema.ts";
import { methodNotAllowed, methodNotAllowedPath, type Status } from "../../api/status.ts";

/** Whether a kind is one that a definition brought. */
export function isCustom({ schema }: Pick<KindDefinition, "schema">): boolean {
  return definitionOf(schema)?.open !== undefined;
}

/** What is told of a verb that a kind does not have: the path has no such method, and of custom resources the kind. */
export function refusedVerb(kind: KindDefinition, verb: string): Status {
  return isCustom(kind) ? methodNotAllowed({ group: kind.group, resource: kind.plural }, verb) : methodNotAllowedPath();
}
