/**
 * Objects as JSON has them to Kubernetes' protocol buffers, by their definitions: what servers answer to clients written
 * in Go.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
import { type Given, writeMessage, writeTextField } from "./protobuf_fields.ts";
import { wireTypes } from "./protobuf_reader.ts";
import {
  createWriter,
  type Writer,
  writeBytes,
  writePartHead,
  writeTag,
  writeUnsigned,
  writtenBytes,
  writtenLength,
} from "./protobuf_writer.ts";
import { listedMessage, messageOfKind, type TypeMeta } from "./schema/protobuf_kinds.ts";
import { type Message, messageOf } from "./schema/protobuf_schema.ts";

/** `k8s` and a zero byte: what every encoded object begins with. */
const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0);

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
