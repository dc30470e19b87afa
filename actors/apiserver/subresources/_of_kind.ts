import type { KindDefinition } from "../../api/kind.ts";
import type { NamedKind, Subresource } from "./_subresource.ts";
import { all } from "./all.ts";

const known = new WeakMap<KindDefinition, readonly Subresource[]>();

/** What objects of a kind have beside themselves, by name. */
export function subresourcesOf(kind: KindDefinition): readonly Subresource[] {
  let own = known.get(kind);
  if (!own) {
    own = (all as readonly Subresource[]).filter((each) => each.isOf(kind));
    known.set(kind, own);
  }
  return own;
}

/** The one of a name; undefined when objects of the kind do not have it. */
export function subresourceOf(kind: KindDefinition, name: string): Subresource | undefined {
  return subresourcesOf(kind).find((each) => each.name === name);
}

/** What is sent to it and comes from it. */
export function responseKindOf({ group, version, kind }: KindDefinition, { responseKind }: Subresource): NamedKind {
  return responseKind ?? { group, version, kind };
}
