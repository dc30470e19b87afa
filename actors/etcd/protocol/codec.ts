import {
  type Reader,
  readBoolean,
  readerOf,
  readFields,
  readInt64,
  readInt64Text,
  readPart,
  readUint64Text,
  restOf,
  skipValue,
  textOf,
  wireTypes,
} from "../../api/protobuf_reader.ts";
import {
  createWriter,
  type Writer,
  writeBytes,
  writeInteger,
  writeLong,
  writePartHead,
  writeTag,
  writeText,
  writeUnsigned,
  writtenBytes,
  writtenLength,
} from "../../api/protobuf_writer.ts";
import { bytesOfLatin1, bytesOfText, latin1Of, textOfBytes } from "../../kit/byte_text.ts";
import { type Given, type MessageName, type Received, schema } from "./schema.ts";

type Scalar = "int" | "id" | "uid" | "bool" | "key" | "value" | "text";
type Fields = Readonly<Record<string, Field>>;
type Field = readonly [number: number, type: Scalar | MessageName, many?: "many"];

interface Plan {
  readonly fields: readonly (readonly [name: string, ...Field])[];
  readonly byNumber: ReadonlyMap<number, readonly [name: string, ...Field]>;
}

const plans = new Map<MessageName, Plan>();

function planOf(name: MessageName): Plan {
  let plan = plans.get(name);
  if (!plan) {
    const fields = Object.entries(schema[name] as Fields).map(([field, each]) => [field, ...each] as const);
    plan = { fields, byNumber: new Map(fields.map((field) => [field[1], field])) };
    plans.set(name, plan);
  }
  return plan;
}

const isScalar = (type: Scalar | MessageName): type is Scalar => !(type in schema);
const defaults = { int: 0, id: "0", uid: "0", bool: false, key: "", value: "", text: "" } as const;

/**
 * Reads a message.
 *
 * @throws ProtobufError when the bytes are none
 */
export function decodeMessage<Name extends MessageName>(name: Name, bytes: Uint8Array): Received<Name> {
  return readMessage(name, readerOf(bytes)) as Received<Name>;
}

function readMessage(name: MessageName, reader: Reader): object {
  const { fields, byNumber } = planOf(name);
  const message: Record<string, unknown> = {};
  for (const [field, , type, many] of fields) {
    if (many) message[field] = [];
    else if (isScalar(type)) message[field] = defaults[type];
  }
  readFields(reader, (number, wireType) => {
    const found = byNumber.get(number);
    if (!found) return skipValue(reader, wireType);
    const [field, , type, many] = found;
    const list = message[field] as unknown[];
    // Numbers of one field may stand together in one part.
    if (many && type === "int" && wireType === wireTypes.bytes) {
      for (const part = readPart(reader); part.at < part.end; ) list.push(readInt64(part));
    } else if (wireType !== wireTypeOf(type)) skipValue(reader, wireType);
    else if (many) list.push(readValue(type, reader));
    else message[field] = readValue(type, reader);
  });
  return message;
}

function wireTypeOf(type: Scalar | MessageName): number {
  return type === "int" || type === "id" || type === "uid" || type === "bool" ? wireTypes.varint : wireTypes.bytes;
}

function readValue(type: Scalar | MessageName, reader: Reader): unknown {
  switch (type) {
    case "int":
      return readInt64(reader);
    case "id":
      return readInt64Text(reader);
    case "uid":
      return readUint64Text(reader);
    case "bool":
      return readBoolean(reader);
    case "key":
      return latin1Of(restOf(readPart(reader)));
    case "value":
      return textOfBytes(restOf(readPart(reader)));
    case "text":
      return textOf(readPart(reader));
    default:
      return readMessage(type, readPart(reader));
  }
}

/** Writes a message. */
export function encodeMessage<Name extends MessageName>(name: Name, message: Given<Name>): Uint8Array {
  const writer = createWriter();
  writeMessage(writer, name, message as Record<string, unknown>);
  return writtenBytes(writer);
}

/** From the last field to the first, as the writer grows towards its beginning. */
function writeMessage(writer: Writer, name: MessageName, message: Readonly<Record<string, unknown>>) {
  const { fields } = planOf(name);
  for (let i = fields.length - 1; i >= 0; i--) {
    const [field, number, type, many] = fields[i] as (typeof fields)[number];
    const value = message[field];
    if (value === undefined) continue;
    if (many) {
      const list = value as readonly unknown[];
      for (let each = list.length - 1; each >= 0; each--) writeField(writer, [number, type], list[each]);
    } else if (!isScalar(type) || value !== defaults[type]) writeField(writer, [number, type], value);
  }
}

function writeField(writer: Writer, [number, type]: Field, value: unknown) {
  if (wireTypeOf(type) === wireTypes.varint) {
    if (type === "int") writeInteger(writer, value as number);
    else if (type === "bool") writeUnsigned(writer, value === true ? 1 : 0);
    else writeLong(writer, value as string);
    writeTag(writer, number, wireTypes.varint);
    return;
  }
  const end = writtenLength(writer);
  if (type === "key") writeBytes(writer, bytesOfLatin1(value as string));
  else if (type === "value") writeBytes(writer, bytesOfText(value as string));
  else if (type === "text") writeText(writer, value as string);
  else writeMessage(writer, type as MessageName, value as Record<string, unknown>);
  writePartHead(writer, number, end);
}
