/**
 * Sets that were written under an older schema: what has become one whole since is owned as one.
 *
 * Source: `ReconcileFieldSetWithSchema` of sigs.k8s.io/structured-merge-diff.
 */
import { type FieldSet, noFields } from "./field_set.ts";
import { type Shape, shapeFor } from "./shape.ts";

/** The set as the schema of today sees it; the same one where nothing has become one whole. */
export function reconciled(set: FieldSet, shape: Shape): FieldSet {
  const [struct, items] = [shapeFor(shape, {}), shapeFor(shape, [])];
  if (struct.tag === "struct" && struct.isGuessed) return set;
  let result: Record<string, FieldSet> | undefined;
  for (const element in set) {
    const inner = set[element] as FieldSet;
    if (element === "." || isWhole(inner)) continue;
    const name = element.startsWith("f:") ? element.slice(2) : undefined;
    const own = name === undefined ? (items.tag === "items" ? items.item : undefined) : fieldOf(struct, name);
    if (own === undefined) continue;
    const now = own.tag === "leaf" ? noFields : reconciled(inner, own);
    if (now === inner) continue;
    result ??= { ...set };
    result[element] = now;
  }
  return result ?? set;
}

function isWhole(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

function fieldOf(shape: Shape, name: string): Shape | undefined {
  return shape.tag === "struct" ? (shape.field(name) ?? shape.other) : undefined;
}
