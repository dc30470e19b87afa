/**
 * Objects as JSON has them to Kubernetes' protocol buffers, by their definitions: what servers answer to clients written
 * in Go.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
import { decodeBase64Bytes } from "./base64.ts";
import { wireTypes } from "./protobuf_reader.ts";
import {
  createWriter,
  type Writer,
  writeBytes,
  writeDouble,
  writeInteger,
  writePartHead,
  writeTag,
  writeText,
  writeUnsigned,
  writtenBytes,
  writtenLength,
} from "./protobuf_writer.ts";
import { listedMessage, messageOfKind, type TypeMeta } from "./schema/protobuf_kinds.ts";
import { type Either, type Message, type MessageField, messageOf, schemaProps } from "./schema/protobuf_schema.ts";
import type { FieldType, Scalar } from "./schema/schema.ts";
import { parseInstant } from "./time.ts";
import { ownValue } from "./types.ts";

type NamedField = Exclude<MessageField, { readonly inlined: Message }>;
type Given = Readonly<Record<string, unknown>>;

/** `k8s` and a zero byte: what every encoded object begins with. */
const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0);

/** The fields of each message from the last to the first: the order in which they are written. */
const backwards = new WeakMap<Message, readonly (readonly [number, MessageField])[]>();

function fieldsBackwards(message: Message): readonly (readonly [number, MessageField])[] {
  let fields = backwards.get(message);
  if (fields === undefined) {
    fields = [...message].sort(([a], [b]) => b - a);
    backwards.set(message, fields);
  }
  return fields;
}

/** Writes the fields of an object; those that its message does not have are left out. */
export function writeMessage(writer: Writer, message: Message, object: Given) {
  for (const [number, field] of fieldsBackwards(message)) {
    if ("inlined" in field) {
      const end = writtenLength(writer);
      writeMessage(writer, field.inlined, object);
      writePartHead(writer, number, end);
      continue;
    }
    const value = ownValue(object, field.name);
    if (value !== undefined && value !== null) writeField(writer, number, field, value);
  }
}

function writeField(writer: Writer, number: number, { type, either }: NamedField, value: unknown) {
  if (type.tag === "map") writeMap(writer, number, value as Given, { type: type.value, either });
  else if (either !== undefined) writeEither(writer, number, either, value);
  else if (type.tag === "list") writeItems(writer, number, type.item, value as readonly unknown[]);
  else writeValue(writer, number, type, value);
}

function writeItems(writer: Writer, number: number, type: FieldType, items: readonly unknown[]) {
  for (let index = items.length - 1; index >= 0; index--) writeValue(writer, number, type, items[index]);
}

interface MapValues {
  readonly type: FieldType;
  readonly either: Either | undefined;
}

/** An entry of a map is a message of a key and a value; Go sorts them, so that equal maps have equal bytes. */
function writeMap(writer: Writer, number: number, map: Given, { type, either }: MapValues) {
  const keys = Object.keys(map).sort();
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] ?? "";
    const end = writtenLength(writer);
    const value = map[key];
    if (either !== undefined) writeEither(writer, 2, either, value);
    else if (type.tag === "list") {
      // A list in a map is wrapped: a message that has only the list.
      const listEnd = writtenLength(writer);
      writeItems(writer, 1, type.item, (value ?? []) as readonly unknown[]);
      writePartHead(writer, 2, listEnd);
    } else writeValue(writer, 2, type, value);
    writeTextField(writer, 1, key);
    writePartHead(writer, number, end);
  }
}

/** Writes a field with one value: a message or a scalar. */
function writeValue(writer: Writer, number: number, type: FieldType, value: unknown) {
  if (type.tag === "scalar") return writeScalar(writer, number, type.scalar, value);
  const end = writtenLength(writer);
  if (type.tag === "reference") {
    const message = messageOf(type.definition);
    if (message !== undefined) writeMessage(writer, message, (value ?? {}) as Given);
  }
  writePartHead(writer, number, end);
}

function writeTextField(writer: Writer, number: number, text: string) {
  const end = writtenLength(writer);
  writeText(writer, text);
  writePartHead(writer, number, end);
}

function writeIntegerField(writer: Writer, number: number, value: number) {
  writeInteger(writer, value);
  writeTag(writer, number, wireTypes.varint);
}

function writeScalar(writer: Writer, number: number, scalar: Scalar, value: unknown) {
  switch (scalar) {
    case "string":
      return writeTextField(writer, number, String(value ?? ""));
    case "bytes": {
      const end = writtenLength(writer);
      writeBytes(writer, decodeBase64Bytes(String(value ?? "")));
      return writePartHead(writer, number, end);
    }
    case "int32":
    case "int64":
      return writeIntegerField(writer, number, Math.trunc(Number(value ?? 0)));
    case "boolean":
      return writeIntegerField(writer, number, value === true ? 1 : 0);
    case "double":
      writeDouble(writer, Number(value ?? 0));
      return writeTag(writer, number, wireTypes.fixed64);
    default: {
      // What is a message here, and something without fields in JSON.
      const end = writtenLength(writer);
      writeInner(writer, scalar, value);
      return writePartHead(writer, number, end);
    }
  }
}

/** Writes what is in the message of a time, an amount, a number or text, or JSON that nobody looks into. */
function writeInner(writer: Writer, scalar: Scalar, value: unknown) {
  if (scalar === "quantity") return writeTextField(writer, 1, String(value ?? "0"));
  if (scalar === "any") return writeTextField(writer, 1, JSON.stringify(value ?? null));
  if (scalar === "intOrString") {
    const isNumber = typeof value === "number";
    writeTextField(writer, 3, isNumber ? "" : String(value ?? ""));
    writeIntegerField(writer, 2, isNumber ? value : 0);
    return writeIntegerField(writer, 1, isNumber ? 0 : 1);
  }
  const instant = typeof value === "string" ? parseInstant(value) : undefined;
  if (instant === undefined) return;
  // A Time has whole seconds, a MicroTime whole microseconds.
  writeIntegerField(writer, 2, scalar === "time" ? 0 : instant.nanos - (instant.nanos % 1000));
  writeIntegerField(writer, 1, instant.seconds);
}

function writeEither(writer: Writer, number: number, either: Either, value: unknown) {
  const end = writtenLength(writer);
  const schema: FieldType = { tag: "reference", definition: schemaProps };
  const isSchema = typeof value === "object" && value !== null && !Array.isArray(value);
  if (either === "bool") {
    if (isSchema) writeValue(writer, 2, schema, value);
    writeIntegerField(writer, 1, isSchema || value === true ? 1 : 0);
  } else if (either === "wrapped") {
    writeItems(writer, 1, { tag: "scalar", scalar: "string" }, Array.isArray(value) ? value : []);
  } else if (either !== "empty") {
    if (isSchema) writeValue(writer, 1, schema, value);
    else {
      const item: FieldType = either === "array" ? schema : { tag: "scalar", scalar: "string" };
      writeItems(writer, 2, item, Array.isArray(value) ? value : []);
    }
  }
  writePartHead(writer, number, end);
}

/** Writes what comes before and behind an object that was written: its type, and that it is not encoded otherwise. */
function writeEnvelopeHead(writer: Writer, rawLength: number, { apiVersion, kind }: TypeMeta) {
  writeUnsigned(writer, rawLength);
  writeTag(writer, 2, wireTypes.bytes);
  const end = writtenLength(writer);
  writeTextField(writer, 2, kind);
  writeTextField(writer, 1, apiVersion);
  writePartHead(writer, 1, end);
  writeBytes(writer, magic);
}

/** What Go writes behind an object in the envelope: neither an encoding nor a type of its content. */
const envelopeEnd = Uint8Array.of(0x1a, 0, 0x22, 0);

/**
 * The bytes of an object or a list, in the envelope that says what it is; undefined if protocol buffers have no message
 * for it, as for a Table or a custom resource.
 */
export function encodeProtobuf(object: Given): Uint8Array | undefined {
  const type = { apiVersion: String(object.apiVersion ?? ""), kind: String(object.kind ?? "") };
  const message = messageOfKind(type);
  if (message !== undefined) return encodeEnvelope(type, message, object);
  const item = listedMessage(type);
  if (item === undefined || !Array.isArray(object.items)) return undefined;
  const items: Uint8Array[] = object.items.map((each: Given) => encodeListItem(item, each));
  const itemsBytes = items.reduce((sum, { length }) => sum + length, 0);
  const head = encodeListHead(type, object.metadata ?? {}, itemsBytes);
  const all = new Uint8Array(head.length + itemsBytes + listTail.length);
  let at = 0;
  for (const part of [head, ...items, listTail]) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The bytes of an object whose message is known, in the envelope that says what it is. */
function encodeEnvelope(type: TypeMeta, message: Message, object: Given): Uint8Array {
  const writer = createWriter();
  writeBytes(writer, envelopeEnd);
  const end = writtenLength(writer);
  writeMessage(writer, message, object);
  writeEnvelopeHead(writer, writtenLength(writer) - end, type);
  return writtenBytes(writer);
}

const listMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";

/** The bytes of an item of a list, with its length: all lists have their items as field 2. */
export function encodeListItem(message: Message, object: Given): Uint8Array {
  const writer = createWriter();
  writeMessage(writer, message, object);
  writePartHead(writer, 2, 0);
  return writtenBytes(writer);
}

/** Begins a list whose items take so many bytes together; its metadata is field 1. */
export function encodeListHead(type: TypeMeta, metadata: object, itemsBytes: number): Uint8Array {
  const writer = createWriter();
  const message = messageOf(listMeta);
  if (message !== undefined) writeMessage(writer, message, metadata as Given);
  writePartHead(writer, 1, 0);
  writeEnvelopeHead(writer, writtenLength(writer) + itemsBytes, type);
  return writtenBytes(writer);
}

/** Ends a list. */
export const listTail: Uint8Array = envelopeEnd;

const pieceMax = 8192;

/** Bytes as a text with a character for each, as devices take them. */
export function bytesText(bytes: Uint8Array): string {
  if (bytes.length <= pieceMax) return String.fromCharCode(...bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += pieceMax) text += String.fromCharCode(...bytes.subarray(at, at + pieceMax));
  return text;
}

/** One event of a watch: a type and an object in its envelope, behind the length of both. */
export function encodeWatchEvent(type: string, object: Uint8Array): Uint8Array {
  const writer = createWriter();
  const inner = writtenLength(writer);
  writeBytes(writer, object);
  writePartHead(writer, 1, inner);
  writePartHead(writer, 2, inner);
  writeTextField(writer, 1, type);
  const size = writtenLength(writer);
  writeBytes(writer, Uint8Array.of(size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255));
  return writtenBytes(writer);
}
