/**
 * How fields are owned: as a whole, or as parts that have owners of their own. The list types, map types and keys are
 * the schema's, as Kubernetes publishes them; of a custom resource they are its definition's.
 */
import type { Fields } from "../types.ts";

/** What the parts of a field are. */
export type Shape = Leaf | Struct | ListOfItems | ListOfValues | Mixed;

/** A field that is owned as a whole. */
export interface Leaf {
  readonly tag: "leaf";
}

/** An object: with fields that its type declares, with fields of any name (a map), or with both. */
export interface Struct {
  readonly tag: "struct";
  /** The shape of a declared field. */
  field(name: string): Shape | undefined;
  /** The shape of all other fields; undefined where there may be none. */
  readonly other: Shape | undefined;
  /** Whether nothing is known of the fields: what the shape is was told from the value. */
  readonly isGuessed?: true;
}

/** A list whose items are told apart by fields of theirs. */
export interface ListOfItems {
  readonly tag: "items";
  readonly item: Shape;
  readonly keys: readonly string[];
  /** What a key is when an item does not say it. */
  readonly keyDefaults: Readonly<Record<string, unknown>>;
}

/** A list of values that are there once. */
export interface ListOfValues {
  readonly tag: "set";
}

/** Which of these it is, the value tells: what is neither an object nor a list is a leaf. */
export interface Mixed {
  readonly tag: "mixed";
  readonly object: Leaf | Struct;
  readonly list: Leaf | ListOfItems | ListOfValues;
}

/** Owned as a whole. */
export const leaf: Leaf = Object.freeze({ tag: "leaf" });
/** The one shape of all sets. */
export const setOfValues: ListOfValues = Object.freeze({ tag: "set" });

const noField = (): undefined => undefined;
const guessedObject: { -readonly [Key in keyof Struct]: Struct[Key] } = {
  tag: "struct",
  field: noField,
  other: undefined,
  isGuessed: true,
};
/** What nothing is known of: objects are owned field by field, lists as a whole. */
export const guessed: Mixed = Object.freeze({ tag: "mixed", object: guessedObject, list: leaf });
guessedObject.other = guessed;

/** A map from any name to values of one shape. */
export function mapOf(value: Shape): Struct {
  return { tag: "struct", field: noField, other: value };
}

/** The shape of one field of a struct; a field that it does not have is a leaf. */
export function fieldShape(struct: Struct, name: string): Shape {
  return struct.field(name) ?? struct.other ?? leaf;
}

/** The shape that a value has: of what may be of several, the one that the value is. */
export function shapeFor(shape: Shape, value: unknown): Exclude<Shape, Mixed> {
  if (shape.tag !== "mixed") return shape;
  if (Array.isArray(value)) return shape.list;
  // Nothing is an object, too: an empty one.
  return isObject(value) || value === null ? shape.object : leaf;
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
