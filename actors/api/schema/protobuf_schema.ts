/**
 * The definitions of types as messages: which field a number means. Compiled from the generated table when a message is
 * first seen, and kept.
 */
import { protobufFields } from "./protobuf.generated.ts";
import { type Definition, definitionOf, type FieldType } from "./schema.ts";

/** One field of a message. */
export type MessageField =
  | {
      readonly name: string;
      readonly type: FieldType;
      /** Whether JSON has the field when it is zero: the wire carries the zeros of all that Go has no pointers to. */
      readonly keepsZero: boolean;
    }
  /** A message whose fields JSON has beside those of its owner. */
  | { readonly inlined: Message };

/** A message: its fields by number. */
export type Message = ReadonlyMap<number, MessageField>;

const compiled = new Map<string, Message>();

/** The message of a definition; undefined when it has none. */
export function messageOf(name: string): Message | undefined {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const definition = definitionOf(name);
  const message = definition === undefined ? undefined : compile(name, definition);
  if (message !== undefined) compiled.set(name, message);
  return message;
}

const entryPattern = /^(\d+)(\^?)(.+?)(=?)$/;

/** Compiles a message whose fields are those of `owner` in JSON. */
function compile(name: string, owner: Definition): Message | undefined {
  const row = protobufFields[name];
  if (row === undefined) return undefined;
  const message = new Map<number, MessageField>();
  for (const entry of row === "" ? [] : row.split(" ")) {
    const [, number = "", inlined = "", field = "", mark = ""] = entryPattern.exec(entry) ?? [];
    const type = owner.fields.get(field)?.type;
    if (type !== undefined) message.set(Number(number), { name: field, type, keepsZero: mark === "=" });
    const inner = inlined === "" ? undefined : compile(field, owner);
    if (inner !== undefined) message.set(Number(number), { inlined: inner });
  }
  return message;
}
