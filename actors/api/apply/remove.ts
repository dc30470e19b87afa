/**
 * An object without some of its fields.
 *
 * Source: `RemoveItems` of sigs.k8s.io/structured-merge-diff.
 */
import { type Fields, setOwn } from "../types.ts";
import { fieldElement, itemElement, valueElement } from "./elements.ts";
import { type FieldSet, has } from "./field_set.ts";
import { fieldShape, isObject, leaf, type Shape, shapeFor } from "./shape.ts";

/** `value` without the fields of `taken`, which take with them all that is inside; what has nothing left is null. */
export function removeFields(value: unknown, taken: FieldSet, shape: Shape): unknown {
  const own = shapeFor(shape, value);
  if (own.tag === "struct") {
    if (!isObject(value)) return null;
    const result: Fields = {};
    for (const name of Object.keys(value)) {
      const element = fieldElement(name);
      if (has(taken, [element])) continue;
      const inner = taken[element];
      const left = inner === undefined ? value[name] : removeFields(value[name], inner, fieldShape(own, name));
      setOwn(result, { key: name, value: left });
    }
    return Object.keys(result).length === 0 && Object.keys(value).length > 0 ? null : result;
  }
  // Of what is owned as a whole nothing can be taken but all of it.
  if (own.tag === "leaf") return isObject(value) || Array.isArray(value) ? null : value;
  if (!Array.isArray(value)) return null;
  const kept = value.flatMap((item) => {
    const element = own.tag === "set" ? valueElement(item) : itemElement(item, own);
    if (has(taken, [element])) return [];
    const inner = taken[element];
    return [inner === undefined ? item : removeFields(item, inner, own.tag === "set" ? leaf : own.item)];
  });
  return kept.length === 0 && value.length > 0 ? null : kept;
}
