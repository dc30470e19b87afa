/**
 * Sets of fields, as trees that are what FieldsV1 writes: `{"f:spec": {"f:ports": {"k:{\"port\":53}": {".": {}}}}}`.
 * A part without parts of its own is in the set, and one with parts if it has `.`. Trees are never changed, and share
 * what they have in common.
 *
 * Source: `fieldpath.Set` of sigs.k8s.io/structured-merge-diff.
 */
import { failed, ok, type Result } from "../../kit/result.ts";
import { canonicalElement, shownElement, sortElements } from "./elements.ts";
import { isObject, type Shape, shapeFor } from "./shape.ts";

/** A tree of fields; the whole tree is no field itself. */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** The set of no field; inside a tree, what is in the set as a whole. */
export const noFields: FieldSet = Object.freeze({});
const whole = noFields;

type Growing = Record<string, FieldSet>;

/** Whether nothing is in a set. */
export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether a part of a tree is in the set itself. */
function isMember(node: FieldSet): boolean {
  return node["."] !== undefined || isEmpty(node);
}

/** The set of the fields at these paths. */
export function setOfPaths(...paths: readonly (readonly string[])[]): FieldSet {
  let set = noFields;
  for (const path of paths)
    set = union(
      set,
      path.reduceRight<FieldSet>((node, element) => ({ [element]: node }), whole),
    );
  return set;
}

/** Whether the field at a path is in a set. */
export function has(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) {
    node = node[element];
    if (node === undefined) return false;
  }
  return path.length > 0 && isMember(node);
}

/** What is in either set. */
export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(left)) return right;
  return isEmpty(right) ? left : unite(left, right);
}

function unite(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right) return left;
  const result: Growing = { ...left };
  for (const element in right) {
    if (element === ".") continue;
    const [inner, other] = [left[element], right[element] as FieldSet];
    result[element] = inner === undefined ? other : unite(inner, other);
  }
  if (result["."] === undefined && !isEmpty(result) && (isMember(left) || isMember(right))) result["."] = whole;
  return result;
}

/** What is in `set` and not in `taken`; the same set where nothing is taken. A part is not taken with its parent. */
export function difference(set: FieldSet, taken: FieldSet): FieldSet {
  return partsWithout(set, taken, false);
}

/** What is in `set`, and neither it nor a part around it in `taken`. */
export function recursiveDifference(set: FieldSet, taken: FieldSet): FieldSet {
  return partsWithout(set, taken, true);
}

/** A tree without what is taken from its parts. */
function partsWithout(set: FieldSet, taken: FieldSet, recursive: boolean): FieldSet {
  let result: Growing | undefined;
  for (const element in taken) {
    const inner = set[element];
    if (inner === undefined || element === ".") continue;
    const left = without(inner, taken[element] as FieldSet, recursive);
    if (left === inner) continue;
    result ??= { ...set };
    if (left === undefined) delete result[element];
    else result[element] = left;
  }
  return result ?? set;
}

/** A part of a tree without what is taken from it; undefined when nothing is left. */
function without(set: FieldSet, taken: FieldSet, recursive: boolean): FieldSet | undefined {
  const takesSelf = isMember(taken);
  if (isEmpty(set)) return takesSelf ? undefined : set;
  if (takesSelf && recursive) return undefined;
  const left = partsWithout(set, taken, recursive);
  if (!hasParts(left)) return left["."] === undefined || takesSelf ? undefined : whole;
  if (!takesSelf || left["."] === undefined) return left;
  const { ".": _self, ...parts } = left;
  return parts;
}

function hasParts(set: FieldSet): boolean {
  for (const element in set) if (element !== ".") return true;
  return false;
}

/** What is in both sets. */
export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  const result: Growing = {};
  for (const element in right) {
    const [inner, other] = [left[element], right[element] as FieldSet];
    if (inner === undefined || element === ".") continue;
    const parts = intersection(inner, other);
    const isIn = isMember(inner) && isMember(other);
    if (!isEmpty(parts)) result[element] = isIn ? { ".": whole, ...parts } : parts;
    else if (isIn) result[element] = whole;
  }
  return result;
}

/** Whether all that is in `part` is in `set`. */
export function includes(set: FieldSet, part: FieldSet): boolean {
  if (set === part) return true;
  for (const element in part) {
    if (element === ".") continue;
    const [inner, other] = [set[element], part[element] as FieldSet];
    if (inner === undefined || (isMember(other) && !isMember(inner)) || !includes(inner, other)) return false;
  }
  return true;
}

/** Whether two sets have the same fields. */
export function isSame(left: FieldSet, right: FieldSet): boolean {
  return left === right || (includes(left, right) && includes(right, left));
}

/** The set with the declared fields around what is in it, which a set has by their parts alone. */
export function withNamedFields(set: FieldSet, shape: Shape): FieldSet {
  const struct = shapeFor(shape, {});
  const items = shapeFor(shape, []);
  const result: Growing = {};
  for (const element in set) {
    const inner = set[element] as FieldSet;
    if (element === "." || isEmpty(inner)) {
      result[element] = inner;
      continue;
    }
    const name = element.startsWith("f:") ? element.slice(2) : undefined;
    const declared = name === undefined || struct.tag !== "struct" ? undefined : struct.field(name);
    const own =
      name === undefined ? itemShape(items) : (declared ?? (struct.tag === "struct" ? struct.other : undefined));
    const parts = own === undefined ? inner : withNamedFields(inner, own);
    result[element] = declared === undefined ? parts : { ...parts, ".": whole };
  }
  return result;
}

function itemShape(shape: Shape): Shape | undefined {
  return shape.tag === "items" ? shape.item : undefined;
}

/** A set in FieldsV1, its parts in the order in which a server writes them. */
export function encodeSet(set: FieldSet): string {
  const parts: string[] = [];
  const elements: string[] = [];
  for (const element in set) {
    if (element === ".") parts.push('".":{}');
    else elements.push(element);
  }
  for (const element of sortElements(elements)) {
    parts.push(`${JSON.stringify(element)}:${encodeSet(set[element] as FieldSet)}`);
  }
  return `{${parts.join(",")}}`;
}

/** The set that FieldsV1 of a client stands for, or why it is none. */
export function decodeSet(fields: unknown): Result<FieldSet, string> {
  if (!isObject(fields)) return failed("a set of fields is an object");
  const read = decodeNode(fields);
  if (!read.ok) return read;
  const { ".": _self, ...parts } = read.value;
  return ok(parts);
}

function decodeNode(fields: Record<string, unknown>): Result<FieldSet, string> {
  const result: Growing = {};
  for (const [text, inner] of Object.entries(fields)) {
    if (text === ".") continue;
    const element = canonicalElement(text);
    if (!element.ok) return element;
    if (element.value === undefined) continue;
    if (!isObject(inner)) return failed(`${text}: expect { or n`);
    const node = decodeNode(inner);
    if (!node.ok) return node;
    result[element.value] = node.value;
  }
  if (Object.hasOwn(fields, ".") && !isEmpty(result)) result["."] = whole;
  return ok(result);
}

/** The paths in a set as people read them, in order: `.spec.replicas`. */
export function shownPaths(set: FieldSet): string[] {
  const paths: string[] = [];
  show(set, { path: "", paths });
  return paths;
}

function show(set: FieldSet, { path, paths }: { readonly path: string; readonly paths: string[] }): void {
  const elements = sortElements(Object.keys(set).filter((each) => each !== "."));
  const shown = elements.map((element) => ({ node: set[element] as FieldSet, path: path + shownElement(element) }));
  // Those that are members come before all parts of theirs.
  for (const each of shown) if (isMember(each.node)) paths.push(each.path);
  for (const each of shown) show(each.node, { path: each.path, paths });
}
