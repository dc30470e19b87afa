/**
 * Which fields somebody has: a tree as FieldsV1 writes it, `{"f:spec": {"f:ports": {"k:{\"port\":53}": {".": {}}}}}`.
 * The rules are those of sigs.k8s.io/structured-merge-diff.
 */
import type { Fields, Frozen } from "../types.ts";
import { jsonEqual, setOwn } from "../types.ts";
import { fieldShape, isObject, partNames, type Shape, structShape } from "./shape.ts";

/** A tree of fields; what has no branches is had as a whole. */
export interface FieldSet {
  readonly [part: string]: FieldSet;
}

const whole: FieldSet = Object.freeze({});

/** The parts of a value that have names of their own; `undefined` when it is one whole. */
export function partsOf(value: unknown, shape: Shape): { name: string; value: unknown; shape: Shape }[] | undefined {
  if (shape.tag === "struct" || shape.tag === "map") {
    if (!isObject(value)) return undefined;
    return Object.entries(value).map(([name, each]) => {
      const inner = shape.tag === "map" ? shape.value : fieldShape(shape.definition, name);
      return { name: partNames.field(name), value: each, shape: inner };
    });
  }
  if (shape.tag === "leaf" || !Array.isArray(value)) return undefined;
  if (shape.tag === "set") {
    return value.map((each) => ({ name: partNames.value(each), value: each, shape: { tag: "leaf" } as const }));
  }
  return value.map((each) => ({ name: partNames.item(each, shape), value: each, shape: shape.item }));
}

/** The fields that an applied object has; its name and what a server alone sets are nobody's. */
export function appliedFields(config: Fields, schema: string): FieldSet {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = config;
  const owned: Fields = rest;
  if (isObject(metadata)) {
    const { name: _name, namespace: _namespace, uid: _uid, resourceVersion: _resourceVersion, ...others } = metadata;
    const {
      creationTimestamp: _created,
      generation: _generation,
      selfLink: _link,
      managedFields: _f,
      ...kept
    } = others;
    if (Object.keys(kept).length > 0) owned.metadata = kept;
  }
  return fieldsOf(owned, structShape(schema));
}

function fieldsOf(value: unknown, shape: Shape): FieldSet {
  const parts = partsOf(value, shape);
  if (parts === undefined) return whole;
  const set: Fields = shape.tag === "items" || shape.tag === "set" || parts.length > 0 ? {} : { ".": whole };
  for (const part of parts) {
    const inner = fieldsOf(part.value, part.shape);
    // An item is had itself, beside its fields; others are there by their fields alone.
    const self = shape.tag === "items" ? { ".": whole } : {};
    setOwn(set, { key: part.name, value: { ...self, ...inner } });
  }
  return set as FieldSet;
}

/**
 * The set without the fields that differ between two states of an object: who changed them has them now. `undefined`
 * when nothing is left.
 */
export function withoutChanged(
  set: FieldSet,
  { before, after, schema }: { before: Frozen<object>; after: Frozen<object>; schema: string },
): FieldSet | undefined {
  return unchanged(set, { before, after, shape: structShape(schema) });
}

function unchanged(
  set: FieldSet,
  { before, after, shape }: { before: unknown; after: unknown; shape: Shape },
): FieldSet | undefined {
  const names = Object.keys(set).filter((name) => name !== ".");
  const parts = names.length === 0 ? undefined : partsOf(before, shape);
  // A set of itself alone is there as long as what it is of.
  if (names.length === 0) return set["."] !== undefined || jsonEqual(before, after) ? set : undefined;
  const old = new Map(parts?.map((part) => [part.name, part]));
  const now = new Map(partsOf(after, shape)?.map((part) => [part.name, part]));
  const kept: Fields = set["."] === undefined ? {} : { ".": whole };
  for (const name of names) {
    const [was, is] = [old.get(name), now.get(name)];
    const inner = set[name] ?? whole;
    if (was === undefined || is === undefined) continue;
    const left = unchanged(inner, { before: was.value, after: is.value, shape: was.shape });
    if (left !== undefined) setOwn(kept, { key: name, value: left });
  }
  return Object.keys(kept).length === 0 ? undefined : (kept as FieldSet);
}

/** An object without the fields that `left` has and none of `kept` has. */
export function withoutFields(
  object: Fields,
  { left, kept, schema }: { left: FieldSet; kept: readonly FieldSet[]; schema: string },
): Fields {
  return pruned(object, { left, kept, shape: structShape(schema) }) as Fields;
}

function pruned(value: unknown, options: { left: FieldSet; kept: readonly FieldSet[]; shape: Shape }): unknown {
  const { left, kept, shape } = options;
  const parts = partsOf(value, shape);
  if (parts === undefined) return value;
  const result = parts.flatMap((part) => {
    const inner = left[part.name];
    if (inner === undefined) return [part];
    const keepers = kept.flatMap((set) => set[part.name] ?? []);
    // With its fields a struct or an item goes with what a server filled into it; a map's entries are somebody's each.
    const goesWhole = part.shape.tag !== "map" && part.name !== "f:metadata";
    if (keepers.length === 0 && goesWhole) return [];
    return [{ ...part, value: pruned(part.value, { left: inner, kept: keepers, shape: part.shape }) }];
  });
  if (Array.isArray(value)) return result.map((part) => part.value);
  const object: Fields = {};
  for (const part of result) setOwn(object, { key: part.name.slice("f:".length), value: part.value });
  return object;
}
