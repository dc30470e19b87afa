/**
 * The bytes of a message in protocol buffers, written from its end to its beginning: so what stands before a part, its
 * length, is known when its turn comes, and nothing is moved.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

/** Bytes that grow towards their beginning. */
export interface Writer {
  bytes: Uint8Array;
  /** Where the first byte that is written is. */
  at: number;
}

const bytesLeast = 1024;

/** Begins to write, at the end. */
export function createWriter(): Writer {
  return { bytes: new Uint8Array(bytesLeast), at: bytesLeast };
}

/** What was written; the writer's own memory, so good until it writes again. */
export function writtenBytes({ bytes, at }: Writer): Uint8Array {
  return bytes.subarray(at);
}

/** How much was written. */
export function writtenLength({ bytes, at }: Writer): number {
  return bytes.length - at;
}

/** Makes room for so many bytes more, and moves to where they begin. */
function room(writer: Writer, size: number): number {
  if (writer.at < size) {
    const used = writtenLength(writer);
    const bytes = new Uint8Array(Math.max(writer.bytes.length * 2, used + size));
    bytes.set(writtenBytes(writer), bytes.length - used);
    writer.at = bytes.length - used;
    writer.bytes = bytes;
  }
  writer.at -= size;
  return writer.at;
}

/** Writes a whole number of at most 53 bits and no sign. */
export function writeUnsigned(writer: Writer, value: number) {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  let at = room(writer, size);
  const { bytes } = writer;
  let rest = value;
  for (; size > 1; size--) {
    bytes[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  bytes[at] = rest;
}

/** Writes a whole number; one below zero takes ten bytes, as numbers of 32 bits do, too. */
export function writeInteger(writer: Writer, value: number) {
  if (value >= 0) return writeUnsigned(writer, value);
  writeLong(writer, `${value}`);
}

/** Writes a whole number of 64 bits, with a sign or without, that is given as text. */
export function writeLong(writer: Writer, text: string) {
  let rest = BigInt.asUintN(64, BigInt(text));
  const parts: number[] = [];
  for (; rest > 127n; rest >>= 7n) parts.push(Number(rest & 127n) | 128);
  parts.push(Number(rest));
  const at = room(writer, parts.length);
  writer.bytes.set(parts, at);
}

/** Writes a number in IEEE 754 double precision. */
export function writeDouble(writer: Writer, value: number) {
  const at = room(writer, 8);
  const { bytes } = writer;
  new DataView(bytes.buffer, bytes.byteOffset).setFloat64(at, value, true);
}

/** Writes bytes as they are. */
export function writeBytes(writer: Writer, bytes: Uint8Array) {
  // The memory may be another one when there is room.
  const at = room(writer, bytes.length);
  writer.bytes.set(bytes, at);
}

const utf8 = new TextEncoder();
const shortTextMax = 64;

/** Writes a text. */
export function writeText(writer: Writer, text: string) {
  if (text.length > shortTextMax) return writeBytes(writer, utf8.encode(text));
  // Names, images, labels: short and plain, and sooner written than handed to an encoder.
  const { length } = text;
  const at = room(writer, length);
  const { bytes } = writer;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) {
      writer.at += length;
      return writeBytes(writer, utf8.encode(text));
    }
    bytes[at + index] = code;
  }
}

/** Writes the number and wire type of a field, which come before its value. */
export function writeTag(writer: Writer, number: number, wireType: number) {
  writeUnsigned(writer, number * 8 + wireType);
}

/** Writes what comes before a part that ends where `end` bytes were written: its field, and its length. */
export function writePartHead(writer: Writer, number: number, end: number) {
  writeUnsigned(writer, writtenLength(writer) - end);
  writeTag(writer, number, 2);
}
