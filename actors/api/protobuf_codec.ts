import { bytesOfLatin1, bytesOfText, latin1Of, textOfBytes } from "../kit/byte_text.ts";
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
} from "./protobuf_reader.ts";
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
} from "./protobuf_writer.ts";

/**
 * The messages of a protocol: of each its fields, with number and type.
 *
 * - `int` a number; `id`, `uid` one of 64 bits with and without a sign, as text, for no number is that exact
 * - `key` bytes, a character each; `value` bytes as the store keeps them (`kit/byte_text.ts`)
 * - any other word is a message
 */
export type Schema = Readonly<Record<string, SchemaFields>>;

type SchemaFields = Readonly<Record<string, Field>>;
type Field = readonly [number: number, type: string, many?: "many"];
type Scalar = keyof Scalars;

interface Scalars {
  readonly int: number;
  readonly id: string;
  readonly uid: string;
  readonly bool: boolean;
  readonly key: string;
  readonly value: string;
  readonly text: string;
}

type One<Of extends Schema, Type> = Type extends Scalar
  ? Scalars[Type]
  : Type extends keyof Of
    ? Read<Of, Type>
    : never;
type GivenOne<Of extends Schema, Type> = Type extends Scalar
  ? Scalars[Type]
  : Type extends keyof Of
    ? Written<Of, Type>
    : never;

/** A message that was read: what it did not say has its default; messages in it that were not there are absent. */
export type Read<Of extends Schema, Name extends keyof Of> = {
  readonly [Key in keyof Of[Name] as Of[Name][Key] extends readonly [number, keyof Of]
    ? never
    : Key]: Of[Name][Key] extends readonly [number, infer Type, "many"]
    ? readonly One<Of, Type>[]
    : Of[Name][Key] extends readonly [number, infer Type]
      ? One<Of, Type>
      : never;
} & {
  readonly [Key in keyof Of[Name] as Of[Name][Key] extends readonly [number, keyof Of]
    ? Key
    : never]?: Of[Name][Key] extends readonly [number, infer Type] ? One<Of, Type> : never;
};

/** A message to be written: what is absent has its default. */
export type Written<Of extends Schema, Name extends keyof Of> = {
  readonly [Key in keyof Of[Name]]?: Of[Name][Key] extends readonly [number, infer Type, "many"]
    ? readonly GivenOne<Of, Type>[]
    : Of[Name][Key] extends readonly [number, infer Type]
      ? GivenOne<Of, Type>
      : never;
};

/** Reads and writes the messages of a protocol. */
export interface MessageCodec<Of extends Schema> {
  /**
   * Reads a message.
   *
   * @throws ProtobufError when the bytes are none
   */
  decode<Name extends keyof Of & string>(name: Name, bytes: Uint8Array): Read<Of, Name>;
  encode<Name extends keyof Of & string>(name: Name, message: Written<Of, Name>): Uint8Array;
}

interface Plan {
  readonly fields: readonly (readonly [name: string, ...Field])[];
  readonly byNumber: ReadonlyMap<number, readonly [name: string, ...Field]>;
}

/** What messages are read and written by: a plan is made of each that is used. */
type PlanOf = (name: string) => Plan;

const defaults: Scalars = { int: 0, id: "0", uid: "0", bool: false, key: "", value: "", text: "" };
const isScalar = (type: string): type is Scalar => type in defaults;

/**
 * Makes the codec of a protocol.
 *
 * @example
 * const codec = messageCodec({ Version: { name: [2, "text"] } });
 * codec.decode("Version", codec.encode("Version", { name: "containerd" })).name; // "containerd"
 */
export function messageCodec<Of extends Schema>(schema: Of): MessageCodec<Of> {
  const plans = new Map<string, Plan>();
  const planOf: PlanOf = (name) => {
    let plan = plans.get(name);
    if (!plan) {
      const fields = Object.entries(schema[name] ?? {}).map(([field, each]) => [field, ...each] as const);
      plan = { fields, byNumber: new Map(fields.map((field) => [field[1], field])) };
      plans.set(name, plan);
    }
    return plan;
  };
  return {
    decode: <Name extends keyof Of & string>(name: Name, bytes: Uint8Array) =>
      readMessage(planOf, name, readerOf(bytes)) as Read<Of, Name>,
    encode(name, message) {
      const writer = createWriter();
      writeMessage(planOf, writer, { name, message: message as Record<string, unknown> });
      return writtenBytes(writer);
    },
  };
}

function readMessage(planOf: PlanOf, name: string, reader: Reader): object {
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
    else if (many) list.push(readValue(planOf, type, reader));
    else message[field] = readValue(planOf, type, reader);
  });
  return message;
}

function wireTypeOf(type: string): number {
  return type === "int" || type === "id" || type === "uid" || type === "bool" ? wireTypes.varint : wireTypes.bytes;
}

function readValue(planOf: PlanOf, type: string, reader: Reader): unknown {
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
      return readMessage(planOf, type, readPart(reader));
  }
}

/** From the last field to the first, as the writer grows towards its beginning. */
function writeMessage(
  planOf: PlanOf,
  writer: Writer,
  { name, message }: { readonly name: string; readonly message: Readonly<Record<string, unknown>> },
): void {
  const { fields } = planOf(name);
  for (let i = fields.length - 1; i >= 0; i--) {
    const [field, number, type, many] = fields[i] as (typeof fields)[number];
    const value = message[field];
    if (value === undefined) continue;
    if (many) {
      const list = value as readonly unknown[];
      for (let each = list.length - 1; each >= 0; each--)
        writeField(planOf, writer, { number, type, value: list[each] });
    } else if (!isScalar(type) || value !== defaults[type]) writeField(planOf, writer, { number, type, value });
  }
}

function writeField(
  planOf: PlanOf,
  writer: Writer,
  { number, type, value }: { readonly number: number; readonly type: string; readonly value: unknown },
): void {
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
  else writeMessage(planOf, writer, { name: type, message: value as Record<string, unknown> });
  writePartHead(writer, number, end);
}
