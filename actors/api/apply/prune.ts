/**
 * What goes from an object because its applier does not apply it any more.
 *
 * Source: `prune` of `merge.Updater` in sigs.k8s.io/structured-merge-diff.
 */
import type { Fields } from "../types.ts";
import { fieldsOf } from "./compare.ts";
import { difference, type FieldSet, intersection, isEmpty, noFields, union, withNamedFields } from "./field_set.ts";
import type { Managers, Owner } from "./managers.ts";
import { removeFields } from "./remove.ts";
import type { Versioned, Writer } from "./writer.ts";

/** Who owns what after an apply, and what its applier owned before it. */
export interface Pruning {
  readonly managers: Managers;
  readonly last: Owner | undefined;
  readonly writer: Writer;
}

/** An object without what `last` has of it and none of the managers. */
export function pruned(merged: Fields, { managers, last, writer }: Pruning): Fields {
  if (last === undefined || isEmpty(last.fields)) return merged;
  const { apiVersion } = last;
  const seen = writer.convert(merged, apiVersion);
  if (seen === undefined) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(set, seen.shape);
  const left = without(seen, named(last.fields));
  const back = writer.convert(withOwned({ merged: seen.object, left }, { managers, apiVersion, writer }), apiVersion);
  if (back === undefined) return merged;
  const [before, after] = [fieldsOf(seen.object, seen.shape), fieldsOf(back.object, seen.shape)];
  // Only what the applier itself had goes; what nobody has stays.
  const gone = intersection(difference(named(before), named(after)), named(last.fields));
  return writer.convert(without(seen, gone), writer.apiVersion)?.object ?? merged;
}

function without({ object, shape }: Versioned, taken: FieldSet): Fields {
  return (removeFields(object, taken, shape) ?? {}) as Fields;
}

interface Owning {
  readonly managers: Managers;
  /** That of the objects. */
  readonly apiVersion: string;
  readonly writer: Writer;
}

/** `left`, with what a manager has of what was taken from `merged`, in whatever version. */
function withOwned(
  { merged, left }: { readonly merged: Fields; readonly left: Fields },
  { managers, apiVersion, writer }: Owning,
): Fields {
  const byVersion = new Map<string, FieldSet>([[apiVersion, noFields]]);
  for (const { owner } of managers.values()) {
    byVersion.set(owner.apiVersion, union(byVersion.get(owner.apiVersion) ?? noFields, owner.fields));
  }
  let result = left;
  for (const [version, managed] of byVersion) {
    const [seen, kept] = [writer.convert(merged, version), writer.convert(result, version)];
    if (seen === undefined || kept === undefined) continue;
    const named = (set: FieldSet): FieldSet => withNamedFields(set, seen.shape);
    const stays = union(named(fieldsOf(kept.object, seen.shape)), named(managed));
    result = without(seen, difference(named(fieldsOf(seen.object, seen.shape)), stays));
  }
  return result;
}
