import { customNames } from "../../api/custom/custom_names.ts";
import type { KindIdentity } from "../../api/kind.ts";
import { all as kinds } from "../../api/kinds/all.ts";
import { customResourceDefinition } from "../../api/kinds/custom_resource_definition.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { Listers } from "../loop.ts";

/** Names a kind, as references do. */
export interface KindName {
  readonly apiVersion?: string;
  readonly kind: string;
}

/** The group of an apiVersion. */
export function groupOf({ apiVersion = "" }: KindName): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/**
 * The kind that a reference names, where its objects have a scale; of every cluster or of a definition (the loop has to
 * watch those). Fails with `unknown` where there is no such kind, and with the resource where it has no scale.
 */
export function scaledKind(name: KindName, listers: Listers): Result<KindIdentity, "unknown" | { resource: string }> {
  const group = groupOf(name);
  const isMeant = (kind: KindIdentity) => kind.group === group && kind.kind === name.kind;
  const definitions = [...listers.of(customResourceDefinition).values()];
  const found = kinds.find(isMeant) ?? definitions.flatMap((each) => customNames(each)).find(isMeant);
  if (!found) return failed("unknown");
  if (found.subresources.some((each) => each.name === "scale")) return ok(found);
  return failed({ resource: group === "" ? found.plural : `${found.plural}.${group}` });
}
