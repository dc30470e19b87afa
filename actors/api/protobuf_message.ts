/**
 * Messages in protocol buffers to objects as JSON has them, by their definitions.
 */
import { encodeBase64Bytes } from "./base64.ts";
import { isTooDeep } from "./json_depth.ts";
import { readJson } from "./json_text.ts";
import {
  ProtobufError,
  type Reader,
  readBoolean,
  readDouble,
  readFields,
  readInt32,
  readInt64,
  readPart,
  restOf,
  skipValue,
  textOf,
  wireTypes,
} from "./protobuf_reader.ts";
import { type Either, type Message, type MessageField, messageOf, schemaProps } from "./schema/protobuf_schema.ts";
import type { FieldType, Scalar } from "./schema/schema.ts";
import { formatInstant } from "./time.ts";
import { type Fields, setOwn } from "./types.ts";

type NamedField = Exclude<MessageField, { readonly inlined: Message }>;

/** Reads a message into an object; fields that the message does not have are skipped. */
export function readMessage(reader: Reader, message: Message, target: Fields): void {
  readFields(reader, (number, wireType) => {
    const field = message.get(number);
    if (field === undefined) skipValue(reader, wireType);
    else if ("inlined" in field) readMessage(readOwnPart(reader, wireType, String(number)), field.inlined, target);
    else readField(reader, field, { target, wireType });
  });
}

interface Place {
  readonly target: Fields;
  readonly wireType: number;
}

function readField(reader: Reader, field: NamedField, { target, wireType }: Place) {
  const { name, type, keepsZero, either } = field;
  if (either !== undefined) return readEitherField(readOwnPart(reader, wireType, name), { ...field, either }, target);
  switch (type.tag) {
    case "list":
      target[name] ??= [];
      readItems(reader, type.item, { list: target[name] as unknown[], wireType, name });
      break;
    case "map":
      target[name] ??= {};
      readEntry(readOwnPart(reader, wireType, name), type.value, target[name] as Fields);
      break;
    case "reference":
      // A message that comes in several pieces is merged, as Go does.
      target[name] ??= {};
      readReference(readOwnPart(reader, wireType, name), type.definition, target[name] as Fields);
      break;
    case "scalar": {
      if (wireType !== wireTypeOf(type)) throw wrongWireType(wireType, name);
      const value = readScalar(reader, type.scalar);
      if (value === undefined || (!keepsZero && isZero(value, type.scalar))) delete target[name];
      else target[name] = value;
    }
  }
}

type EitherField = NamedField & { readonly either: Either };

function readEitherField(reader: Reader, { name, type, either }: EitherField, target: Fields): void {
  if (type.tag !== "map") {
    target[name] = readEither(reader, either);
    return;
  }
  target[name] ??= {};
  let [key, value]: [string, unknown] = ["", {}];
  readFields(reader, (number, wireType) => {
    if (number === 1) key = textOf(readOwnPart(reader, wireType, "key"));
    else if (number === 2) value = readEither(readOwnPart(reader, wireType, "value"), either);
    else skipValue(reader, wireType);
  });
  setOwn(target[name] as Fields, { key, value });
}

/** What has a number for each of two forms; which of them it is, is what there is. */
function readEither(reader: Reader, either: Either): unknown {
  let [allows, schema]: [boolean, Fields | undefined] = [false, undefined];
  const schemas: Fields[] = [];
  const texts: string[] = [];
  const readSchema = (part: Reader): Fields => {
    const props: Fields = {};
    readReference(part, schemaProps, props);
    return props;
  };
  readFields(reader, (number, wireType) => {
    if (either === "empty" || number > 2) return skipValue(reader, wireType);
    if (either === "bool" && number === 1) {
      if (wireType !== wireTypes.varint) throw wrongWireType(wireType, "allows");
      allows = readBoolean(reader);
      return;
    }
    const part = readOwnPart(reader, wireType, "schema");
    if (either === "wrapped") texts.push(textOf(part));
    else if (number === (either === "bool" ? 2 : 1)) schema = readSchema(part);
    else if (either === "array") schemas.push(readSchema(part));
    else texts.push(textOf(part));
  });
  if (either === "empty") return {};
  if (schema !== undefined) return schema;
  return either === "bool" ? allows : either === "array" ? schemas : texts;
}

interface Items {
  readonly list: unknown[];
  readonly wireType: number;
  readonly name: string;
}

function readItems(reader: Reader, type: FieldType, { list, wireType, name }: Items): void {
  const own = wireTypeOf(type);
  if (wireType === own) {
    list.push(readValue(reader, type));
    return;
  }
  // Numbers may come packed: all behind one length.
  if (wireType !== wireTypes.bytes) throw wrongWireType(wireType, name);
  const packed = readPart(reader);
  while (packed.at < packed.end) list.push(readValue(packed, type));
}

/** An entry of a map is a message of a key and a value; what it does not have is zero. */
function readEntry(reader: Reader, type: FieldType, map: Fields): void {
  let key = "";
  let value: unknown;
  readFields(reader, (number, wireType) => {
    if (number === 1) key = textOf(readOwnPart(reader, wireType, "key"));
    else if (number !== 2) skipValue(reader, wireType);
    else if (wireType !== wireTypeOf(type)) throw wrongWireType(wireType, "value");
    else value = type.tag === "list" ? readWrappedList(readPart(reader), type.item) : readValue(reader, type);
  });
  // An own property even if the key is one that objects have from elsewhere.
  setOwn(map, { key, value: value ?? zeroOf(type) });
}

/** A list in a map is wrapped: a message that has only the list. */
function readWrappedList(reader: Reader, item: FieldType): unknown[] {
  const list: unknown[] = [];
  readFields(reader, (number, wireType) => {
    if (number === 1) readItems(reader, item, { list, wireType, name: "items" });
    else skipValue(reader, wireType);
  });
  return list;
}

function readReference(reader: Reader, definition: string, target: Fields): void {
  const message = messageOf(definition);
  if (message !== undefined) readMessage(reader, message, target);
}

/** A value of the wire type that its type has. */
function readValue(reader: Reader, type: FieldType): unknown {
  if (type.tag === "scalar") return readScalar(reader, type.scalar) ?? null;
  const part = readPart(reader);
  const value: Fields = {};
  if (type.tag === "reference") readReference(part, type.definition, value);
  return value;
}

function wireTypeOf(type: FieldType): number {
  if (type.tag !== "scalar") return wireTypes.bytes;
  const { scalar } = type;
  if (scalar === "double") return wireTypes.fixed64;
  return scalar === "int32" || scalar === "int64" || scalar === "boolean" ? wireTypes.varint : wireTypes.bytes;
}

function readOwnPart(reader: Reader, wireType: number, name: string): Reader {
  if (wireType !== wireTypes.bytes) throw wrongWireType(wireType, name);
  return readPart(reader);
}

function wrongWireType(wireType: number, name: string): ProtobufError {
  const field = name.charAt(0).toUpperCase() + name.slice(1);
  return new ProtobufError(`proto: wrong wireType = ${wireType} for field ${field}`);
}

/** Whether Go's JSON takes a value for nothing. What is a struct in Go, such as a quantity, is always something. */
function isZero(value: unknown, scalar: Scalar): boolean {
  if (scalar === "intOrString" || scalar === "any") return false;
  return value === "" || value === 0 || value === false;
}

function zeroOf(type: FieldType): unknown {
  if (type.tag === "list") return [];
  if (type.tag !== "scalar") return {};
  if (type.scalar === "quantity") return "0";
  return type.scalar === "string" || type.scalar === "bytes" ? "" : 0;
}

/** A value without fields of its own; undefined for a time that is not set. */
function readScalar(reader: Reader, scalar: Scalar): unknown {
  switch (scalar) {
    case "string":
      return textOf(readPart(reader));
    case "bytes":
      return encodeBase64Bytes(restOf(readPart(reader)));
    case "int32":
      return readInt32(reader);
    case "int64":
      return readInt64(reader);
    case "boolean":
      return readBoolean(reader);
    case "double":
      return finite(readDouble(reader));
    case "time":
    case "microTime":
      return readTime(readPart(reader), scalar);
    case "quantity":
      return readQuantity(readPart(reader));
    case "intOrString":
      return readIntOrString(readPart(reader));
    case "any":
      return readRaw(readPart(reader));
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new ProtobufError(`json: unsupported value: ${value}`);
  return value;
}

/** The first and last seconds that RFC 3339 can write. */
const [secondsMin, secondsMax] = [-62_135_596_800, 253_402_300_799];

function readTime(reader: Reader, scalar: "time" | "microTime"): string | undefined {
  let [seconds, nanos] = [0, 0];
  readFields(reader, (number, wireType) => {
    if (wireType !== wireTypes.varint || number > 2) skipValue(reader, wireType);
    else if (number === 1) seconds = readInt64(reader);
    else nanos = readInt32(reader);
  });
  if (nanos === 0 && (seconds === 0 || seconds === secondsMin)) return undefined;
  if (seconds < secondsMin || seconds > secondsMax || nanos < 0 || nanos >= 1e9) {
    throw new ProtobufError(`Time.MarshalJSON: time of ${seconds} seconds and ${nanos} nanoseconds is out of range`);
  }
  return formatInstant({ seconds, nanos }, scalar);
}

function readQuantity(reader: Reader): string {
  let text = "0";
  readFields(reader, (number, wireType) => {
    if (number === 1) text = textOf(readOwnPart(reader, wireType, "string"));
    else skipValue(reader, wireType);
  });
  return text;
}

function readIntOrString(reader: Reader): number | string {
  let [type, number, text] = [0, 0, ""];
  readFields(reader, (field, wireType) => {
    if (wireType === wireTypes.varint && field === 1) type = readInt64(reader);
    else if (wireType === wireTypes.varint && field === 2) number = readInt32(reader);
    else if (wireType === wireTypes.bytes && field === 3) text = textOf(readPart(reader));
    else skipValue(reader, wireType);
  });
  if (type !== 0 && type !== 1) throw new ProtobufError("impossible IntOrString.Type");
  return type === 0 ? number : text;
}

/** JSON within a message: managed fields, and whatever a type leaves open. */
function readRaw(reader: Reader): unknown {
  let text = "";
  readFields(reader, (number, wireType) => {
    if (number === 1) text = textOf(readOwnPart(reader, wireType, "raw"));
    else skipValue(reader, wireType);
  });
  if (text === "") return undefined;
  if (isTooDeep(text)) throw new ProtobufError("json: exceeded max depth");
  const read = readJson(text);
  if (!read.ok) throw new ProtobufError(`json: ${read.failure}`);
  return read.value;
}
