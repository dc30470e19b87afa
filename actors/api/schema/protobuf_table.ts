/**
 * The table of `protobuf.generated.ts`, made of a kubectl's descriptors, and what the schema has to be for them. Only
 * `generate.ts` uses it.
 */
import { type ProtoDescriptors, type ProtoField, protoTypes } from "./proto_descriptors.ts";

/** The fields of each definition, with their types, as `schemas.generated.ts` has them. */
export type SchemaFields = Readonly<Record<string, string>>;

const meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/** Messages that JSON writes as something without fields. */
const scalarMessages: Readonly<Record<string, string>> = {
  [`${meta}Time`]: "time",
  [`${meta}MicroTime`]: "microTime",
  [`${meta}FieldsV1`]: "any",
  "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intOrString",
  "io.k8s.apimachinery.pkg.runtime.RawExtension": "any",
};

/** Messages that are no more than a list, which maps of protocol buffers cannot hold; JSON writes the list. */
const isExtraValue = (message: string): boolean => message.endsWith(".ExtraValue");

/** What every kind has in JSON, and the envelope carries for protocol buffers. */
const typeMeta: ReadonlySet<string> = new Set(["apiVersion", "kind"]);

/** A definition as the descriptors know it: for each field of the JSON its type, for each number what it stands for. */
export interface ProtoDefinition {
  readonly types: ReadonlyMap<string, string>;
  /** The entries of the table, of the definition itself and of messages whose fields JSON writes into it. */
  readonly rows: ReadonlyMap<string, string>;
}

/** What the descriptors say of a definition whose JSON has these fields; undefined when they do not know it. */
export function protoDefinition(
  { messages, writesZero }: ProtoDescriptors,
  { name, fields }: { readonly name: string; readonly fields: SchemaFields },
): ProtoDefinition | undefined {
  if (!messages.has(name)) return undefined;
  const types = new Map<string, string>();
  const rows = new Map<string, string>();
  const jsonNames = new Map(Object.keys(fields).map((field) => [field.toLowerCase(), field]));

  function visit(message: string): void {
    const entries: string[] = [];
    for (const field of messages.get(message) ?? []) {
      const json = jsonNames.get(field.name.toLowerCase());
      if (json !== undefined) {
        types.set(json, typeText(field));
        entries.push(`${field.number}${json}${mark(field, fields[json]?.endsWith("!") === true)}`);
      } else if (isInlined(field)) {
        entries.push(`${field.number}^${field.message}`);
        visit(field.message);
      } else {
        throw new Error(`Generating the fields of ${name}: its JSON has no "${field.name}", the models are too old`);
      }
    }
    rows.set(message, entries.join(" "));
  }

  /** JSON writes the fields of an embedded struct beside those of its owner. */
  function isInlined({ message, repeated }: ProtoField): boolean {
    const inner = repeated ? [] : (messages.get(message) ?? []);
    return inner.length > 0 && inner.every((each) => jsonNames.has(each.name.toLowerCase()) || isInlined(each));
  }

  function typeText({ type, message, repeated }: ProtoField): string {
    // The entries of a map are messages inside the one that has the map, and so inside its name.
    const entry = /\.[A-Z]\w*\.\w+Entry$/.test(message) ? messages.get(message) : undefined;
    const value = entry?.find(({ number }) => number === 2);
    if (value !== undefined) return `{}${typeText(value)}`;
    if (isExtraValue(message)) return "[]string";
    return `${repeated ? "[]" : ""}${message === "" ? scalarText(type) : (scalarMessages[message] ?? message)}`;
  }

  /** `=` marks what JSON has when it is zero: all that Go has pointers to, and values that are always written. */
  function mark(field: ProtoField, required: boolean): string {
    if (field.type === protoTypes.message || field.repeated) return "";
    // Go has no pointers to bytes: none are as good as empty ones.
    const isPointer = field.pointer && field.type !== protoTypes.bytes;
    return isPointer || (writesZero(field) ?? required) ? "=" : "";
  }

  visit(name);
  for (const field of typeMeta) if (fields[field] === "string" && !types.has(field)) types.set(field, "string");
  return { types, rows };
}

function scalarText(type: number): string {
  const name = Object.entries(protoTypes).find(([, number]) => number === type)?.[0];
  if (name === undefined) throw new Error(`Generating fields: no field of the API was of type ${type} before, add it`);
  return name;
}
