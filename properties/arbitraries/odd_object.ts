import type { KindDefinition } from "../../actors/api/kind.ts";
import { type Definition, definitionOf, type FieldType } from "../../actors/api/schema/schema.ts";
import { type Fields, setOwn } from "../../actors/api/types.ts";

/** Draws a whole number from 0 on, below a limit. */
export type Draw = (limit: number) => number;

/** What no field is: values that code which trusts them stumbles over, most of all when it makes a text of them. */
const oddValues: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => 1e300,
  () => "",
  () => "constructor",
  () => "\u0000\ud800",
  () => [],
  () => [null],
  () => [[]],
  () => ({}),
  () => ({ toString: 1, valueOf: 1 }),
  () => ({ constructor: { name: 1 }, hasOwnProperty: null, length: -1 }),
  () => JSON.parse('{"__proto__":{"a":"1"},"toJSON":1}') as unknown,
];

/** Names that every object has without having them, and those by which a patch says more than "merge". */
const oddNames = [
  "constructor",
  "toString",
  "__proto__",
  "$patch",
  "$retainKeys",
  "$setElementOrder/containers",
  "$deleteFromPrimitiveList/finalizers",
  "",
  "a/b",
] as const;

const strings = ["a", "a.b", "A_", "100m", "10.0.0.1", "ClusterIP", "None", "Always", "TCP", "In", "50%", "merge"];
const depthMax = 6;

/** A value that no field expects. */
export function oddValue(draw: Draw): unknown {
  return oddValues[draw(oddValues.length)]?.();
}

/**
 * An object of a kind with any of its fields, some of which may be anything but what the kind says; over `base`, whose
 * fields make it likelier to pass.
 */
export function oddObject(kind: Pick<KindDefinition, "schema">, draw: Draw, base: Fields = {}): Fields {
  // Of a body that is odd in many places only the first is found.
  const oneInOdd = [0, 60, 15][draw(3)] ?? 0;
  const isOdd = (times = 1) => oneInOdd > 0 && draw(oneInOdd * times) === 0;
  return over(base, ofDefinition(definitionOf(kind.schema), { draw, isOdd, depth: 0 }));
}

/** One object over another, as far as the first few levels of both have objects. */
function over(base: Fields, object: Fields): Fields {
  const result: Fields = { ...base };
  for (const key of Object.keys(object)) {
    const [before, after] = [Object.hasOwn(base, key) ? base[key] : undefined, object[key]];
    setOwn(result, { key, value: isObject(before) && isObject(after) ? over(before, after) : after });
  }
  return result;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Drawing {
  readonly draw: Draw;
  /** Whether what comes is to be odd; `times` more seldom than a value is. */
  isOdd(times?: number): boolean;
  readonly depth: number;
}

function ofDefinition(definition: Definition | undefined, drawing: Drawing): Fields {
  const { draw } = drawing;
  const object: Fields = {};
  const fields = [...(definition?.fields.values() ?? [])];
  for (const field of fields) {
    // Nearly everything hangs on the spec and on what must be there.
    const isLikely = field.required || field.name === "spec" || field.name === "template";
    if (isLikely ? draw(8) === 0 : draw(fields.length) >= 2) continue;
    object[field.name] = ofType(field.type, drawing);
  }
  if (drawing.isOdd()) setOwn(object, { key: oddNames[draw(oddNames.length)] ?? "", value: oddValue(draw) });
  return object;
}

function ofType(type: FieldType, drawing: Drawing): unknown {
  const { draw, depth } = drawing;
  if (drawing.isOdd(2)) return oddValue(draw);
  if (type.tag === "scalar") return scalarOf(type.scalar, draw);
  if (depth > depthMax) return type.tag === "list" ? [] : {};
  const inner = { ...drawing, depth: depth + 1 };
  if (type.tag === "reference") return ofDefinition(definitionOf(type.definition), inner);
  if (type.tag === "list") return Array.from({ length: draw(4) }, () => ofType(type.item, inner));
  const map: Fields = {};
  for (let left = draw(4); left > 0; left--) {
    const names = draw(2) === 0 ? oddNames : strings;
    setOwn(map, { key: names[draw(names.length)] ?? "", value: ofType(type.value, inner) });
  }
  return map;
}

function scalarOf(scalar: (FieldType & { tag: "scalar" })["scalar"], draw: Draw): unknown {
  if (scalar === "boolean") return draw(2) === 0;
  if (scalar === "int32" || scalar === "int64" || scalar === "double") return [0, 1, -1, 80, 70_000][draw(5)];
  if (scalar === "time" || scalar === "microTime") return "2001-01-01T00:00:00.000000Z";
  if (scalar === "quantity") return ["1", "100m", "1Gi", "-1", 2, "1e3"][draw(6)];
  if (scalar === "intOrString" && draw(2) === 0) return draw(100);
  return scalar === "bytes" ? "aaaa" : strings[draw(strings.length)];
}
