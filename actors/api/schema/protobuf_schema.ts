/**
 * The definitions of types as messages: which field a number means. Compiled from the generated table when a message is
 * first seen, and kept.
 */
import { protobufFields } from "./protobuf.generated.ts";
import { discoveryPart } from "./protobuf_discovery.ts";
import { extensionFields } from "./protobuf_extensions.ts";
import { type Definition, definitionOf, type FieldType } from "./schema.ts";

/** One field of a message. */
export type MessageField =
  | {
      readonly name: string;
      readonly type: FieldType;
      /** Whether JSON has the field when it is zero: the wire carries the zeros of all that Go has no pointers to. */
      readonly keepsZero: boolean;
      /** What JSON writes in two forms, each of which has a number of its own. */
      readonly either?: Either;
    }
  /** A message whose fields JSON has beside those of its owner. */
  | { readonly inlined: Message };

/**
 * A schema, or else a list of them, a boolean, or names; `empty` is a message that has no fields, though JSON's is
 * open; `wrapped` one that has only a list of texts, which JSON writes without it.
 */
export type Either = "array" | "bool" | "strings" | "empty" | "wrapped";

/** A message: its fields by number. */
export type Message = ReadonlyMap<number, MessageField>;

/** The definition of which the forms of `Either` are made. */
export const schemaProps = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";

const compiled = new Map<string, Message>();

/** The message of a definition; undefined when it has none. */
export function messageOf(name: string): Message | undefined {
  const known = compiled.get(name) ?? discoveryPart(name);
  if (known !== undefined) return known;
  const definition = definitionOf(name);
  const message = definition === undefined ? undefined : compile(name, definition);
  if (message !== undefined) compiled.set(name, message);
  return message;
}

const entryPattern = /^(\d+)(\^?)(.+?)(=?)(?:\|(array|bool|strings|empty))?$/;

/** Compiles a message whose fields are those of `owner` in JSON. */
function compile(name: string, owner: Definition): Message | undefined {
  const row = protobufFields[name] ?? extensionFields[name];
  if (row === undefined) return undefined;
  const message = new Map<number, MessageField>();
  for (const entry of row === "" ? [] : row.split(" ")) {
    const [, number = "", inlined = "", field = "", mark = "", either] = entryPattern.exec(entry) ?? [];
    const type = owner.fields.get(field)?.type;
    const more = either === undefined ? {} : { either: either as Either };
    if (type !== undefined) message.set(Number(number), { name: field, type, keepsZero: mark === "=", ...more });
    const inner = inlined === "" ? undefined : compile(field, owner);
    if (inner !== undefined) message.set(Number(number), { inlined: inner });
  }
  return message;
}
