/**
 * JSON data as an object of a kind: what a server's decoder does. Unknown fields are found and dropped, nulls
 * dropped, amounts and times brought into their canonical form, and wrong types refused in the decoder's words.
 */

import { failed, ok, type Result } from "../../kit/result.ts";
import { fieldErrorText, invalid } from "../field_error.ts";
import { jsonKind } from "../go_format.ts";
import { canonicalQuantity, hasQuantityShape, parseQuantity, quantityFormatError } from "../quantity.ts";
import { formatInstant, isPlainTime, parseInstant } from "../time.ts";
import type { Fields, KubeObject } from "../types.ts";
import { unconvertible } from "./converter_words.ts";
import type { Definition, FieldType, Scalar } from "./schema.ts";
import { definitionOf, goTypeName, shortName } from "./schema.ts";

/** As in Kubernetes, more are not told of. */
const unknownFieldsMax = 100;

/** An object, and which fields it had that its kind does not have. */
export interface Decoded<T extends KubeObject = KubeObject> {
  readonly object: T;
  readonly unknownFields: readonly string[];
}

/** Why data is no object of a kind. */
export interface WrongFields {
  /** In a server's words. */
  readonly text: string;
  /** The decoder's own reason, without what it was about. */
  readonly why: string;
}

interface Context {
  readonly path: string[];
  readonly unknownFields: string[];
  /** The definition whose fields are being decoded, for the words of errors. */
  definition: Definition;
  readonly isConverted: boolean;
}

/** How data came to be. */
export interface DecodedHow {
  /** Whether a strategic merge patch made it, so that wrong types are told of in a converter's words. Default false. */
  readonly isConverted?: boolean;
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
export function decodeFields<T extends KubeObject>(
  kind: DecodedKind,
  data: unknown,
  { isConverted = false }: DecodedHow = {},
): Result<Decoded<T>, WrongFields> {
  const definition = definitionOf(kind.schema);
  if (definition === undefined) {
    const why = `no kind "${kind.kind}" is registered for version "${kind.version}"`;
    return failed({ text: why, why });
  }
  const context: Context = { path: [], unknownFields: [], definition, isConverted };
  try {
    if (!isObject(data))
      throw new WrongType(`json: cannot unmarshal ${jsonKind(data)} into Go value of type ${goName(kind)}`);
    if (definition.open !== undefined) decodeOpen(data, { definition, open: definition.open, context });
    else {
      for (const name of ["metadata", "spec", "status"]) if (definition.fields.has(name)) data[name] ??= {};
      decodeStruct(data, definition, context);
    }
    const { metadata } = data as { metadata?: Fields };
    if (metadata !== undefined) metadata.name ??= "";
    // The definition was followed field by field, so the data has the kind's shape.
    return ok({ object: data as unknown as T, unknownFields: context.unknownFields });
  } catch (thrown) {
    if (!(thrown instanceof WrongType)) throw thrown;
    return failed({ text: strictDecodingError(kind, thrown.message), why: thrown.message });
  }
}

interface Opened {
  readonly definition: Definition;
  readonly open: NonNullable<Definition["open"]>;
  readonly context: Context;
}

/** Of a custom resource what every object has is decoded; all else is judged later, by its own schema. */
function decodeOpen(data: Fields, { definition, open, context }: Opened): void {
  const common: Fields = { metadata: data.metadata ?? {} };
  for (const name of ["apiVersion", "kind"]) if (data[name] !== undefined) common[name] = data[name];
  decodeStruct(common, definition, context);
  Object.assign(data, common);
  const unknown = open.prune(data, (object, path) => decodeEmbedded(object, path, context));
  context.unknownFields.push(...unknown);
}

const objectMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** Of an object that is embedded its metadata is decoded, too, whatever the schema around it says. */
function decodeEmbedded(object: Fields, path: readonly string[], context: Context): void {
  const at = path.join(".").replaceAll(".[", "[");
  const wrong = (field: string, value: unknown, why: string) =>
    new WrongType(fieldErrorText(invalid(`${at}.${field}`, value, why)));
  for (const name of ["apiVersion", "kind"]) {
    if (object[name] !== undefined && typeof object[name] !== "string")
      throw wrong(name, object[name], "must be a string");
  }
  const { metadata } = object;
  const definition = definitionOf(objectMeta);
  if (metadata === undefined || metadata === null || definition === undefined) return;
  const type = "Go value of type v1.ObjectMeta";
  if (!isObject(metadata))
    throw wrong("metadata", metadata, `json: cannot unmarshal ${jsonKind(metadata)} into ${type}`);
  const depth = context.path.push(...path, "metadata");
  try {
    decodeStruct(metadata, definition, context);
  } catch (thrown) {
    if (!(thrown instanceof WrongType)) throw thrown;
    throw wrong("metadata", metadata, thrown.message);
  }
  context.path.length = depth - path.length - 1;
}

/** What a server answers to what is wrong with fields when it is asked to be strict. */
export function strictDecodingError(kind: DecodedKind, why: string): string {
  return `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${why}`;
}

function goName(kind: DecodedKind): string {
  return kind.schema.split(".").slice(-2).join(".");
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// This walk is made for every write, so it allocates nothing but what errors need: the path is one array.
function decodeStruct(data: Fields, definition: Definition, context: Context): void {
  const outer = context.definition;
  context.definition = definition;
  for (const name in data) {
    const field = definition.fields.get(name);
    if (field === undefined) {
      if (context.unknownFields.length < unknownFieldsMax) {
        context.unknownFields.push([...context.path, name].join(".").replaceAll(".[", "["));
      }
      delete data[name];
      continue;
    }
    const value = data[name];
    const { type } = field;
    if (typeof value === "string" && type.tag === "scalar" && type.scalar === "string") continue;
    if (value === null) {
      delete data[name];
      continue;
    }
    context.path.push(name);
    const decoded = decodeValue(value, type, context);
    if (decoded === undefined) delete data[name];
    else if (decoded !== value) data[name] = decoded;
    else if (!field.required && isEmptyCollection(value, type)) delete data[name];
    context.path.pop();
  }
  for (const { name, type } of definition.zeros) {
    if (data[name] === undefined) data[name] = decodeValue(zeroOf(type), type, context);
  }
  context.definition = outer;
}

/** Lists and maps that have nothing in them are not written by a server, unless the field must be there. */
function isEmptyCollection(value: unknown, type: FieldType): boolean {
  if (type.tag === "list") return Array.isArray(value) && value.length === 0;
  if (type.tag !== "map") return false;
  for (const _ in value as Fields) return false;
  return true;
}

function decodeValue(value: unknown, type: FieldType, context: Context): unknown {
  switch (type.tag) {
    case "scalar":
      return decodeScalar(value, type, context);
    case "reference": {
      if (!isObject(value)) throw wrongType(value, type, context);
      const definition = definitionOf(type.definition);
      if (definition !== undefined && definition.fields.size > 0) decodeStruct(value, definition, context);
      return value;
    }
    case "list":
      if (!Array.isArray(value)) throw wrongType(value, type, context);
      decodeItems(value, type.item, context);
      return value;
    case "map":
      if (!isObject(value)) throw wrongType(value, type, context);
      decodeEntries(value, type.value, context);
      return value;
  }
}

function decodeItems(list: unknown[], type: FieldType, context: Context): void {
  const isText = type.tag === "scalar" && type.scalar === "string";
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    if (isText && typeof item === "string") continue;
    context.path.push(`[${index}]`);
    // Go reads a null in a list as the zero value.
    list[index] = decodeValue(item ?? zeroOf(type), type, context);
    context.path.pop();
  }
}

function decodeEntries(map: Fields, type: FieldType, context: Context): void {
  const isText = type.tag === "scalar" && type.scalar === "string";
  for (const key in map) {
    const value = map[key];
    if (isText && typeof value === "string") continue;
    context.path.push(key);
    const decoded = decodeValue(value ?? zeroOf(type), type, context);
    if (decoded !== value) map[key] = decoded;
    context.path.pop();
  }
}

function zeroOf(type: FieldType): unknown {
  if (type.tag === "list") return [];
  if (type.tag !== "scalar") return {};
  if (type.scalar === "boolean") return false;
  if (type.scalar === "quantity") return "0";
  return type.scalar === "string" || type.scalar === "bytes" ? "" : 0;
}

const isInt32 = (value: number) => value >= -(2 ** 31) && value < 2 ** 31;
/** What JSON's numbers make of the largest one: the next, which is none itself. */
const int64Max = 2 ** 63;

type ScalarType = FieldType & { readonly scalar: Scalar };

function decodeScalar(value: unknown, type: ScalarType, context: Context): unknown {
  switch (type.scalar) {
    case "string":
      if (typeof value !== "string") throw wrongType(value, type, context);
      return value;
    case "boolean":
      if (typeof value !== "boolean") throw wrongType(value, type, context);
      return value;
    case "int32":
    case "int64":
      if (typeof value !== "number") throw wrongType(value, type, context);
      if (!Number.isInteger(value) || (type.scalar === "int32" ? !isInt32(value) : Math.abs(value) > int64Max)) {
        throw wrongType(value, type, context, `number ${value}`);
      }
      return value;
    case "double":
      if (typeof value !== "number") throw wrongType(value, type, context);
      return value;
    case "intOrString":
      if (typeof value === "string" || Number.isInteger(value)) return value;
      throw new WrongType(`json: cannot unmarshal ${jsonKind(value)} into Go value of type int32`);
    case "quantity":
      return decodeQuantity(value);
    case "time":
    case "microTime":
      return decodeTime(value, type, context);
    case "bytes":
      return decodeBytes(value, type, context);
    case "any":
      return value;
  }
}

function decodeQuantity(value: unknown): string {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") throw new WrongType(quantityFormatError);
  if (parseQuantity(text) !== undefined) return canonicalQuantity(text);
  throw new WrongType(hasQuantityShape(text) ? "unable to parse quantity's suffix" : quantityFormatError);
}

/** Go's zero time: nobody set it. */
const secondsUnset = -62_135_596_800;

function decodeTime(value: unknown, type: ScalarType, context: Context): string | undefined {
  if (typeof value !== "string") throw wrongType(value, type, context);
  const scalar = type.scalar === "time" ? "time" : "microTime";
  if (isPlainTime(value, scalar)) return value;
  const instant = parseInstant(value);
  if (instant === undefined) {
    const layout = scalar === "time" ? "2006-01-02T15:04:05Z07:00" : "2006-01-02T15:04:05.000000Z07:00";
    throw new WrongType(
      `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  }
  if (instant.seconds === secondsUnset && instant.nanos === 0) return undefined;
  return formatInstant(instant, scalar);
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

function decodeBytes(value: unknown, type: ScalarType, context: Context): string {
  if (typeof value !== "string") throw wrongType(value, type, context);
  const text = value.replace(/[\r\n]/g, "");
  if (base64.test(text) && text.length % 4 === 0) return text;
  const bad = text.search(/[^A-Za-z0-9+/]/);
  throw new WrongType(`illegal base64 data at input byte ${bad < 0 ? text.length - (text.length % 4) : bad}`);
}

function wrongType(value: unknown, type: FieldType, context: Context, shown = jsonKind(value)): WrongType {
  if (context.isConverted) return new WrongType(unconvertible(value, type));
  const path = context.path.filter((part) => !part.startsWith("[")).join(".");
  const field = `${shortName(context.definition.name)}.${path}`;
  return new WrongType(`json: cannot unmarshal ${shown} into Go struct field ${field} of type ${goTypeName(type)}`);
}
