/**
 * The bytes of a message in protocol buffers, read field by field.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

/** Bytes that are no message. Caught where decoding begins: see `decodeProtobuf`. */
export class ProtobufError extends Error {}

/** How a field's value is laid out. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** A place in the bytes of a message. */
export interface Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
}

/** Begins to read. */
export function readerOf(bytes: Uint8Array): Reader {
  return { bytes, at: 0, end: bytes.length };
}

const truncated = "unexpected EOF";
const varintBytesMax = 10;

// The low and high half of the varint that was read last: a bigint would cost an allocation for each.
let low = 0;
let high = 0;

function readVarint(reader: Reader): void {
  const { bytes, end } = reader;
  [low, high] = [0, 0];
  for (let index = 0; index < varintBytesMax; index++) {
    if (reader.at >= end) throw new ProtobufError(truncated);
    const byte = bytes[reader.at++] ?? 0;
    const part = byte & 0x7f;
    if (index < 4) low |= part << (7 * index);
    else if (index === 4) {
      low |= part << 28;
      high |= part >> 4;
    } else high |= part << (7 * index - 32);
    if (byte < 0x80) return;
  }
  throw new ProtobufError("proto: integer overflow");
}

/** A signed number of 32 bits; more bits are cut off, as Go does. */
export function readInt32(reader: Reader): number {
  readVarint(reader);
  return low | 0;
}

/** A signed number of 64 bits, as exact as JSON's numbers are. */
export function readInt64(reader: Reader): number {
  readVarint(reader);
  return (high | 0) * 2 ** 32 + (low >>> 0);
}

/** A signed number of 64 bits, exactly: as text. */
export function readInt64Text(reader: Reader): string {
  readVarint(reader);
  if (high === 0) return `${low >>> 0}`;
  return `${(BigInt(high | 0) << 32n) | BigInt(low >>> 0)}`;
}

/** A number of 64 bits without a sign, exactly: as text. */
export function readUint64Text(reader: Reader): string {
  readVarint(reader);
  if (high === 0) return `${low >>> 0}`;
  return `${(BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)}`;
}

/** Whether a varint is not zero. */
export function readBoolean(reader: Reader): boolean {
  readVarint(reader);
  return (low | high) !== 0;
}

/** A number in IEEE 754 double precision. */
export function readDouble(reader: Reader): number {
  const { bytes } = reader;
  const at = advance(reader, 8);
  return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(at, true);
}

/** The part that a length before it bounds. */
export function readPart(reader: Reader): Reader {
  readVarint(reader);
  if (high < 0) throw new ProtobufError("proto: negative length found during unmarshaling");
  const at = advance(reader, high * 2 ** 32 + (low >>> 0));
  return { bytes: reader.bytes, at, end: reader.at };
}

/** What is left of a part. */
export function restOf({ bytes, at, end }: Reader): Uint8Array {
  return bytes.subarray(at, end);
}

const shortTextMax = 64;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** What is left of a part, as text. */
export function textOf({ bytes, at, end }: Reader): string {
  if (end - at > shortTextMax) return utf8.decode(bytes.subarray(at, end));
  // Names, images, labels: short and plain, and sooner joined than handed to a decoder.
  let text = "";
  for (let index = at; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte > 127) return utf8.decode(bytes.subarray(at, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Moves past `size` bytes; where they begin. */
function advance(reader: Reader, size: number): number {
  const { at } = reader;
  if (size > reader.end - at) throw new ProtobufError(truncated);
  reader.at = at + size;
  return at;
}

/** Takes the fields of a message one by one; `take` must read the value, or skip it. */
export function readFields(reader: Reader, take: (number: number, wireType: number) => void): void {
  while (reader.at < reader.end) {
    readVarint(reader);
    const wireType = low & 7;
    const number = (low >>> 3) | (high << 29);
    if (wireType === wireTypes.endGroup) throw new ProtobufError("proto: wiretype end group for non-group");
    if (number <= 0) throw new ProtobufError(`proto: illegal tag ${number} (wire type ${low})`);
    take(number, wireType);
  }
}

/** Moves past a value that nobody knows. */
export function skipValue(reader: Reader, first: number): void {
  // Groups nest, and a hostile message nests them deeply: they are counted, not recursed into.
  let groups = 0;
  let wireType = first;
  for (;;) {
    switch (wireType) {
      case wireTypes.varint:
        readVarint(reader);
        break;
      case wireTypes.fixed64:
        advance(reader, 8);
        break;
      case wireTypes.bytes:
        readPart(reader);
        break;
      case wireTypes.fixed32:
        advance(reader, 4);
        break;
      case wireTypes.startGroup:
        groups++;
        break;
      case wireTypes.endGroup:
        groups--;
        break;
      default:
        throw new ProtobufError(`proto: illegal wireType ${wireType}`);
    }
    if (groups === 0) return;
    readVarint(reader);
    wireType = low & 7;
  }
}
