/**
 * What of an object decides which fields it has: objects with one outline have the same sets. Most new objects look
 * like one that was made before, and a text is made faster than a set.
 */
import { itemElement, valueElement } from "./elements.ts";
import { type FieldSet, isEmpty } from "./field_set.ts";
import { fieldShape, isObject, leaf, type Shape, shapeFor } from "./shape.ts";

/** The outline of an object, but for its fields that are in `skipped` as a whole. */
export function outlineOf(object: object, shape: Shape, skipped: FieldSet): string {
  const own = shapeFor(shape, object);
  if (own.tag !== "struct" || !isObject(object)) return "";
  let text = "";
  for (const name in object) {
    const whole = skipped[`f:${name}`];
    if (whole === undefined || !isEmpty(whole)) text += named(name) + outline(object[name], fieldShape(own, name));
  }
  return text;
}

/** A name can have any characters: how many there are tells where it ends. */
function named(name: string): string {
  return `${name.length}:${name}`;
}

function outline(value: unknown, shape: Shape): string {
  if (value === undefined) return "?";
  if (typeof value !== "object") return isZero(value) ? "0" : "1";
  if (value === null) return "-";
  const own = shapeFor(shape, value);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    if (own.tag !== "set" && own.tag !== "items") return "1";
    const inner = own.tag === "set" ? leaf : own.item;
    let text = "[";
    for (const item of value) {
      const element = own.tag === "set" ? valueElement(item) : itemElement(item, own);
      text += named(element) + outline(item, inner);
    }
    return `${text}]`;
  }
  let text = "{";
  for (const name in value) {
    if (own.tag !== "struct") return "1";
    text += named(name) + outline((value as Record<string, unknown>)[name], fieldShape(own, name));
  }
  return `${text}}`;
}

/** Whether a value may be what nobody has said. */
function isZero(value: unknown): boolean {
  return value === "" || value === 0 || value === false || value === "0";
}
