/**
 * JSON data as an object of a kind: what a server's decoder does. Unknown fields are found and dropped, nulls
 * dropped, amounts and times brought into their canonical form, and wrong types refused in the decoder's words.
 */
import { formatQuantity, parseQuantity, quantityFormatError } from "../quantity.ts";
import { formatMicroTime, formatTime, parseTime } from "../time.ts";
import type { Fields, KubeObject } from "../types.ts";
import type { Definition, Field, FieldType, Scalar } from "./schema.ts";
import { definitionOf, goTypeName, shortName } from "./schema.ts";

/** What came of decoding. */
export type Decoded<T extends KubeObject = KubeObject> =
  | { readonly object: T; readonly unknownFields: readonly string[] }
  | { readonly error: string };

interface Context {
  readonly path: string[];
  readonly unknownFields: string[];
}

/** Thrown inside this file only, to leave the recursion. */
class WrongType extends Error {}

/** The kind that data is decoded as. */
export interface DecodedKind {
  readonly kind: string;
  readonly version: string;
  readonly schema: string;
}

/** The object that JSON data stands for. The data is the caller's own, and is changed in place. */
export function decodeFields<T extends KubeObject>(kind: DecodedKind, data: unknown): Decoded<T> {
  const definition = definitionOf(kind.schema);
  if (definition === undefined) return { error: `no kind "${kind.kind}" is registered for version "${kind.version}"` };
  const context: Context = { path: [], unknownFields: [] };
  try {
    if (!isObject(data))
      throw new WrongType(`json: cannot unmarshal ${jsonKind(data)} into Go value of type ${goName(kind)}`);
    for (const name of ["metadata", "spec", "status"]) if (definition.fields.has(name)) data[name] ??= {};
    decodeStruct(data, { definition, context });
    const { metadata } = data as { metadata?: Fields };
    if (metadata !== undefined) metadata.name ??= "";
    // The definition was followed field by field, so the data has the kind's shape.
    return { object: data as unknown as T, unknownFields: context.unknownFields };
  } catch (thrown) {
    if (!(thrown instanceof WrongType)) throw thrown;
    return {
      error: `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${thrown.message}`,
    };
  }
}

/** What a server answers to unknown fields when it is asked to be strict. */
export function strictDecodingError(kind: DecodedKind, unknownFields: readonly string[]): string {
  const list = unknownFields.map((field) => `unknown field "${field}"`).join(", ");
  return `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${list}`;
}

function goName(kind: DecodedKind): string {
  return kind.schema.split(".").slice(-2).join(".");
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return value === null ? "null" : typeof value;
}

function decodeStruct(data: Fields, options: { definition: Definition; context: Context }): void {
  const { definition, context } = options;
  for (const name in data) {
    const field = definition.fields.get(name);
    if (field === undefined) {
      context.unknownFields.push([...context.path, name].join(".").replaceAll(".[", "["));
      delete data[name];
      continue;
    }
    const value = data[name];
    if (value === null) {
      delete data[name];
      continue;
    }
    context.path.push(name);
    const decoded = decodeValue(value, { type: field.type, owner: { definition, field }, context });
    if (decoded !== value) data[name] = decoded;
    else if (!field.required && isEmptyCollection(value, field.type)) delete data[name];
    context.path.pop();
  }
  for (const { name, type } of definition.zeros) {
    if (data[name] !== undefined) continue;
    const zero = zeroOf(type);
    data[name] = zero;
    const inner = type.tag === "reference" ? definitionOf(type.definition) : undefined;
    if (inner !== undefined && inner.zeros.length > 0) decodeStruct(zero as Fields, { definition: inner, context });
  }
}

/** Lists and maps that have nothing in them are not written by a server, unless the field must be there. */
function isEmptyCollection(value: unknown, type: FieldType): boolean {
  if (type.tag === "list") return Array.isArray(value) && value.length === 0;
  if (type.tag !== "map") return false;
  for (const _ in value as Fields) return false;
  return true;
}

interface Position {
  type: FieldType;
  owner: { definition: Definition; field: Field };
  context: Context;
}

function decodeValue(value: unknown, position: Position): unknown {
  const { type, context } = position;
  switch (type.tag) {
    case "scalar":
      return decodeScalar(value, { ...position, scalar: type.scalar });
    case "reference": {
      if (!isObject(value)) throw wrongType(value, position);
      const definition = definitionOf(type.definition);
      if (definition !== undefined && definition.fields.size > 0) decodeStruct(value, { definition, context });
      return value;
    }
    case "list":
      if (!Array.isArray(value)) throw wrongType(value, position);
      decodeItems(value, { ...position, type: type.item });
      return value;
    case "map":
      if (!isObject(value)) throw wrongType(value, position);
      decodeEntries(value, { ...position, type: type.value });
      return value;
  }
}

function decodeItems(list: unknown[], position: Position): void {
  const plain = position.type.tag === "scalar" ? position.type.scalar : undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    if (plain === "string" && typeof item === "string") continue;
    position.context.path.push(`[${index}]`);
    // Go reads a null in a list as the zero value.
    list[index] = decodeValue(item ?? zeroOf(position.type), position);
    position.context.path.pop();
  }
}

function decodeEntries(map: Fields, position: Position): void {
  const plain = position.type.tag === "scalar" ? position.type.scalar : undefined;
  for (const key in map) {
    const value = map[key];
    if (plain === "string" && typeof value === "string") continue;
    position.context.path.push(key);
    const decoded = decodeValue(value ?? zeroOf(position.type), position);
    if (decoded !== value) map[key] = decoded;
    position.context.path.pop();
  }
}

function zeroOf(type: FieldType): unknown {
  if (type.tag === "list") return [];
  if (type.tag !== "scalar") return {};
  if (type.scalar === "boolean") return false;
  if (type.scalar === "quantity") return "0";
  return type.scalar === "string" || type.scalar === "bytes" ? "" : 0;
}

const int32Max = 2 ** 31;

function decodeScalar(value: unknown, position: Position & { scalar: Scalar }): unknown {
  switch (position.scalar) {
    case "string":
      if (typeof value !== "string") throw wrongType(value, position);
      return value;
    case "boolean":
      if (typeof value !== "boolean") throw wrongType(value, position);
      return value;
    case "int32":
    case "int64":
      if (typeof value !== "number") throw wrongType(value, position);
      if (!Number.isInteger(value) || (position.scalar === "int32" && (value < -int32Max || value >= int32Max))) {
        throw wrongType(value, position, `number ${value}`);
      }
      return value;
    case "double":
      if (typeof value !== "number") throw wrongType(value, position);
      return value;
    case "intOrString":
      if (typeof value === "string" || Number.isInteger(value)) return value;
      throw new WrongType(`json: cannot unmarshal ${jsonKind(value)} into Go value of type int32`);
    case "quantity":
      return decodeQuantity(value);
    case "time":
    case "microTime":
      return decodeTime(value, position);
    case "bytes":
      return decodeBytes(value, position);
    case "any":
      return value;
  }
}

function decodeQuantity(value: unknown): string {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") throw new WrongType(quantityFormatError);
  const quantity = parseQuantity(text);
  if (quantity !== undefined) return formatQuantity(quantity);
  const hasShape = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/.test(text);
  throw new WrongType(hasShape ? "unable to parse quantity's suffix" : quantityFormatError);
}

function decodeTime(value: unknown, position: Position & { scalar: Scalar }): string {
  if (typeof value !== "string") throw wrongType(value, position);
  const instantMs = parseTime(value);
  if (instantMs === undefined) {
    const layout = position.scalar === "time" ? "2006-01-02T15:04:05Z07:00" : "2006-01-02T15:04:05.000000Z07:00";
    throw new WrongType(
      `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  }
  return position.scalar === "time" ? formatTime(instantMs) : formatMicroTime(instantMs);
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

function decodeBytes(value: unknown, position: Position): string {
  if (typeof value !== "string") throw wrongType(value, position);
  const text = value.replace(/[\r\n]/g, "");
  if (base64.test(text) && text.length % 4 === 0) return text;
  const bad = text.search(/[^A-Za-z0-9+/]/);
  throw new WrongType(`illegal base64 data at input byte ${bad < 0 ? text.length - (text.length % 4) : bad}`);
}

function wrongType(value: unknown, position: Position, shown = jsonKind(value)): WrongType {
  const { owner, context, type } = position;
  const path = context.path.filter((part) => !part.startsWith("[")).join(".");
  const field = `${shortName(owner.definition.name)}.${path}`;
  return new WrongType(`json: cannot unmarshal ${shown} into Go struct field ${field} of type ${goTypeName(type)}`);
}
