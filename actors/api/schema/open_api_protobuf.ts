/**
 * OpenAPI v2 as protocol buffers, as Go's clients ask for it.
 *
 * @see https://github.com/google/gnostic/blob/main/openapiv2/OpenAPIv2.proto
 */
import { writeTextField } from "../protobuf_fields.ts";
import { wireTypes } from "../protobuf_reader.ts";
import {
  createWriter,
  type Writer,
  writeDouble,
  writePartHead,
  writeTag,
  writeUnsigned,
  writtenBytes,
  writtenLength,
} from "../protobuf_writer.ts";
import type { Fields } from "../types.ts";

type Write = (writer: Writer, number: number, value: unknown) => void;
/** The fields of a message by their names in JSON, with their numbers. */
type Form = Readonly<Record<string, readonly [number, Write]>>;

/** The bytes of a document of OpenAPI v2. */
export function encodeOpenApiV2(document: Fields): Uint8Array {
  const writer = createWriter();
  writeFields(writer, documentForm, document);
  return writtenBytes(writer);
}

/** A message is written from its end: of its fields, those with the highest numbers come first. */
function writeFields(writer: Writer, form: Form, value: object): void {
  const entries = Object.entries(value).flatMap(([name, each]) => {
    const known = Object.hasOwn(form, name) ? form[name] : undefined;
    return known && each !== undefined ? [[known[0], known[1], each] as const] : [];
  });
  for (const [number, write, each] of entries.sort(([a], [b]) => b - a)) write(writer, number, each);
}

const text: Write = (writer, number, value) => writeTextField(writer, number, String(value));
const flag: Write = (writer, number, value) => {
  if (value !== true) return;
  writeUnsigned(writer, 1);
  writeTag(writer, number, wireTypes.varint);
};
const whole: Write = (writer, number, value) => {
  writeUnsigned(writer, Number(value));
  writeTag(writer, number, wireTypes.varint);
};
const double: Write = (writer, number, value) => {
  writeDouble(writer, Number(value));
  writeTag(writer, number, wireTypes.fixed64);
};
/** Whatever it is, as YAML: JSON is. */
const any: Write = (writer, number, value) => part(writer, number, () => text(writer, 2, JSON.stringify(value)));

function part(writer: Writer, number: number, write: () => void): void {
  const end = writtenLength(writer);
  write();
  writePartHead(writer, number, end);
}

/** A message; the form comes when it is needed, as forms may be in each other. */
function message(form: () => Form): Write {
  return (writer, number, value) => part(writer, number, () => writeFields(writer, form(), value as object));
}

function each(write: Write): Write {
  return (writer, number, value) => {
    for (const one of [...(value as readonly unknown[])].reverse()) write(writer, number, one);
  };
}

/** A message around another. */
function inside(number: number, write: Write): Write {
  return (writer, outer, value) => part(writer, outer, () => write(writer, number, value));
}

/** A map, as pairs of a name and a value. */
function pairs(write: Write): Write {
  return (writer, number, value) => {
    for (const [name, one] of Object.entries(value as object).reverse()) {
      part(writer, number, () => {
        write(writer, 2, one);
        text(writer, 1, name);
      });
    }
  };
}

/** A message whose extensions are pairs, too, under one number. */
function extended(form: () => Form, number: number): Write {
  const withExtensions = { ...form(), [extensions]: [number, pairs(any)] as const };
  return (writer, outer, value) => {
    const known = Object.entries(value as object).filter(([name]) => !name.startsWith("x-"));
    const own = Object.entries(value as object).filter(([name]) => name.startsWith("x-"));
    const sorted = {
      ...Object.fromEntries(known),
      ...(own.length > 0 ? { [extensions]: Object.fromEntries(own) } : {}),
    };
    part(writer, outer, () => writeFields(writer, withExtensions, sorted));
  };
}

/** Where a message's extensions are put together; no field of a document has this name. */
const extensions = "x-";

const schema: Write = (writer, number, value) => schemaMessage(writer, number, value);
const additional: Write = (writer, number, value) =>
  part(writer, number, () => (typeof value === "boolean" ? flag(writer, 2, value) : schema(writer, 1, value)));
const types: Write = (writer, number, value) =>
  part(writer, number, () => each(text)(writer, 1, Array.isArray(value) ? value : [value]));

const schemaForm: Form = {
  ...{ $ref: [1, text], format: [2, text], title: [3, text], description: [4, text], default: [5, any] },
  ...{ multipleOf: [6, double], maximum: [7, double], exclusiveMaximum: [8, flag], minimum: [9, double] },
  ...{ exclusiveMinimum: [10, flag], maxLength: [11, whole], minLength: [12, whole], pattern: [13, text] },
  ...{ maxItems: [14, whole], minItems: [15, whole], uniqueItems: [16, flag], maxProperties: [17, whole] },
  ...{ minProperties: [18, whole], required: [19, each(text)], enum: [20, each(any)] },
  ...{ additionalProperties: [21, additional], type: [22, types], items: [23, inside(1, schema)] },
  ...{ properties: [25, inside(1, pairs(schema))] },
};
const schemaMessage = extended(() => schemaForm, 31);

const queryForm: Form = {
  ...{ required: [1, flag], in: [2, text], description: [3, text], name: [4, text], type: [6, text] },
  uniqueItems: [20, flag],
};
const placeForm: Form = {
  ...{ required: [1, flag], in: [2, text], description: [3, text], name: [4, text], type: [5, text] },
  uniqueItems: [19, flag],
};
const ofQuery = inside(
  3,
  message(() => queryForm),
);
const ofPath = inside(
  4,
  message(() => placeForm),
);
/** Parameters of queries and of paths are all that there are. */
const parameter = inside(
  1,
  inside(2, (writer, number, value) =>
    ((value as { readonly in?: string }).in === "path" ? ofPath : ofQuery)(writer, number, value),
  ),
);
const response = inside(
  1,
  message(() => ({ description: [1, text], schema: [2, inside(1, schema)] })),
);
const operation = extended(
  () => ({
    ...{ operationId: [5, text], parameters: [8, each(parameter)] },
    responses: [9, inside(1, pairs(response))],
  }),
  13,
);
const pathForm: Form = {
  ...{ get: [2, operation], put: [3, operation], post: [4, operation] },
  ...{ delete: [5, operation], patch: [8, operation], parameters: [9, each(parameter)] },
};
const documentForm: Form = {
  swagger: [1, text],
  info: [2, message(() => ({ title: [1, text], version: [2, text] }))],
  paths: [8, inside(2, pairs(message(() => pathForm)))],
  definitions: [9, inside(1, pairs(schema))],
};
