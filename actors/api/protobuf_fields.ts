/**
 * The fields of messages, written by their definitions from the last to the first.
 */
import { decodeBase64Bytes } from "./base64.ts";
import { wireTypes } from "./protobuf_reader.ts";
import {
  type Writer,
  writeBytes,
  writeDouble,
  writeInteger,
  writePartHead,
  writeTag,
  writeText,
  writtenLength,
} from "./protobuf_writer.ts";
import { type Either, type Message, messageOf, schemaProps } from "./schema/protobuf_schema.ts";
import type { FieldType, Scalar } from "./schema/schema.ts";
import { parseInstant } from "./time.ts";
import { ownValue } from "./types.ts";

/** An object as JSON has it. */
export type Given = Readonly<Record<string, unknown>>;

/** Where a value goes, and what it is. */
interface Slot {
  readonly number: number;
  readonly type: FieldType;
  readonly either?: Either;
  /** Where the items of a list go, or the values of a map. */
  readonly inner?: Slot;
}

/** A field of a message: its values, or a message whose fields are its owner's. */
type Part = { readonly name: string; readonly slot: Slot } | { readonly number: number; readonly inlined: Message };

function slotOf(number: number, type: FieldType, either?: Either): Slot {
  const own = { number, type, ...(either === undefined ? {} : { either }) };
  if (type.tag === "list") return { ...own, inner: slotOf(number, type.item) };
  if (type.tag !== "map") return own;
  const { value } = type;
  // A list in a map is wrapped: a message that has only the list.
  const inner =
    value.tag === "list" ? { number: 2, type: value, inner: slotOf(1, value.item) } : slotOf(2, value, either);
  return { number, type, inner };
}

const partsOf = new WeakMap<Message, readonly Part[]>();

/** The fields of a message from the last to the first. */
function backwards(message: Message): readonly Part[] {
  let parts = partsOf.get(message);
  if (parts === undefined) {
    const sorted = [...message].sort(([a], [b]) => b - a);
    parts = sorted.map(
      ([number, field]): Part =>
        "inlined" in field
          ? { number, inlined: field.inlined }
          : { name: field.name, slot: slotOf(number, field.type, field.either) },
    );
    partsOf.set(message, parts);
  }
  return parts;
}

/** Writes the fields of an object; those that its message does not have are left out. */
export function writeMessage(writer: Writer, message: Message, object: Given) {
  for (const part of backwards(message)) {
    if ("inlined" in part) {
      const end = writtenLength(writer);
      writeMessage(writer, part.inlined, object);
      writePartHead(writer, part.number, end);
      continue;
    }
    const value = ownValue(object, part.name);
    if (value !== undefined && value !== null) writeField(writer, part.slot, value);
  }
}

function writeField(writer: Writer, slot: Slot, value: unknown) {
  const { type, either, inner } = slot;
  if (type.tag === "map" && inner) writeMap(writer, slot, value as Given);
  else if (either !== undefined) writeEither(writer, slot, value);
  else if (type.tag === "list" && inner) writeItems(writer, inner, value as readonly unknown[]);
  else writeValue(writer, slot, value);
}

function writeItems(writer: Writer, slot: Slot, items: readonly unknown[]) {
  for (let index = items.length - 1; index >= 0; index--) writeValue(writer, slot, items[index]);
}

/** An entry of a map is a message of a key and a value; Go sorts them, so that equal maps have equal bytes. */
function writeMap(writer: Writer, { number, inner }: Slot, map: Given) {
  if (!inner) return;
  const keys = Object.keys(map).sort();
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] ?? "";
    const end = writtenLength(writer);
    const value = map[key];
    if (inner.either !== undefined) writeEither(writer, inner, value);
    else if (inner.inner) {
      writeItems(writer, inner.inner, (value ?? []) as readonly unknown[]);
      writePartHead(writer, inner.number, end);
    } else writeValue(writer, inner, value);
    writeTextField(writer, 1, key);
    writePartHead(writer, number, end);
  }
}

/** Writes a field with one value: a message or a scalar. */
function writeValue(writer: Writer, { number, type }: Slot, value: unknown) {
  if (type.tag === "scalar") return writeScalar(writer, { number, scalar: type.scalar }, value);
  const end = writtenLength(writer);
  const message = type.tag === "reference" ? messageOf(type.definition) : undefined;
  if (message !== undefined) writeMessage(writer, message, (value ?? {}) as Given);
  writePartHead(writer, number, end);
}

/** Writes a field that is a text. */
export function writeTextField(writer: Writer, number: number, text: string) {
  const end = writtenLength(writer);
  writeText(writer, text);
  writePartHead(writer, number, end);
}

function writeIntegerField(writer: Writer, number: number, value: number) {
  writeInteger(writer, value);
  writeTag(writer, number, wireTypes.varint);
}

interface ScalarSlot {
  readonly number: number;
  readonly scalar: Scalar;
}

function writeScalar(writer: Writer, { number, scalar }: ScalarSlot, value: unknown) {
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

const schemaType: FieldType = { tag: "reference", definition: schemaProps };
const [firstSchema, secondSchema] = [slotOf(1, schemaType), slotOf(2, schemaType)];
const textType: FieldType = { tag: "scalar", scalar: "string" };
const [firstText, secondText] = [slotOf(1, textType), slotOf(2, textType)];

function writeEither(writer: Writer, { number, either }: Slot, value: unknown) {
  const end = writtenLength(writer);
  const isSchema = typeof value === "object" && value !== null && !Array.isArray(value);
  const items = Array.isArray(value) ? value : [];
  if (either === "bool") {
    if (isSchema) writeValue(writer, secondSchema, value);
    writeIntegerField(writer, 1, isSchema || value === true ? 1 : 0);
  } else if (either === "wrapped") writeItems(writer, firstText, items);
  else if (either !== "empty" && isSchema) writeValue(writer, firstSchema, value);
  else if (either === "array") writeItems(writer, secondSchema, items);
  else if (either === "strings") writeItems(writer, secondText, items);
  writePartHead(writer, number, end);
}
