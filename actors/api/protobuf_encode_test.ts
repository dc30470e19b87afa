import { assert, fc, property, test } from "../../properties/house/test.ts";
import { ok } from "../kit/result.ts";
import { encodeBase64 } from "./base64.ts";
import { decodeProtobuf } from "./protobuf.ts";
import { bytesText, encodeProtobuf, encodeWatchEvent } from "./protobuf_encode.ts";
import { registry } from "./registry.ts";
import { messageOfKind } from "./schema/protobuf_kinds.ts";
import { type Either, type Message, messageOf, schemaProps } from "./schema/protobuf_schema.ts";
import type { FieldType, Scalar } from "./schema/schema.ts";
import type { Fields } from "./types.ts";

/** Draws whole numbers below a bound. */
type Draw = (below: number) => number;

const depthMax = 7;

function drawnMessage(message: Message, draw: Draw, depth: number): Fields {
  const object: Fields = {};
  for (const field of message.values()) {
    if ("inlined" in field) Object.assign(object, drawnMessage(field.inlined, draw, depth));
    else if (depth < depthMax && draw(depth + 1) === 0) {
      const { either, type } = field;
      const value = (): unknown => (either ? drawnEither(either, draw, depth) : undefined);
      object[field.name] =
        either && type.tag !== "map" ? value() : drawn(type, { draw, depth, zero: field.keepsZero, value });
    }
  }
  return object;
}

interface Drawing {
  readonly draw: Draw;
  readonly depth: number;
  /** Whether zeros are kept. */
  readonly zero: boolean;
  value?(): unknown;
}

function drawn(type: FieldType, drawing: Drawing): unknown {
  const { draw, depth } = drawing;
  const one = { ...drawing, depth: depth + 1, zero: true };
  if (type.tag === "list") return Array.from({ length: 1 + draw(2) }, () => drawn(type.item, one));
  if (type.tag === "map") {
    const keys = ["a", "__proto__", "ß/k", "constructor"].slice(0, 1 + draw(4));
    return Object.fromEntries(keys.map((key) => [key, drawing.value?.() ?? drawn(type.value, one)]));
  }
  if (type.tag === "scalar") return drawnScalar(type.scalar, drawing);
  return drawnMessage(messageOf(type.definition) ?? new Map(), draw, depth + 1);
}

function drawnEither(either: Either, draw: Draw, depth: number): unknown {
  if (either === "empty") return {};
  if (draw(2) === 0) return drawnMessage(messageOf(schemaProps) as Message, draw, depth + 1);
  if (either === "bool") return draw(2) === 0;
  return either === "array" ? [{ type: "string" }, {}] : ["a", "b"];
}

const drawnTexts = ["x", "grün", "€ 𝄞", "y".repeat(70), "ü".repeat(70)];
const drawnNumbers = [1, 127, 128, 300, 16_384, 2 ** 31 - 1, -1, -(2 ** 31)];

function drawnScalar(scalar: Scalar, { draw, zero }: Drawing): unknown {
  const isZero = zero && draw(4) === 0;
  const number = drawnNumbers[draw(drawnNumbers.length)] ?? 1;
  switch (scalar) {
    case "string":
      return isZero ? "" : (drawnTexts[draw(drawnTexts.length)] ?? "");
    case "bytes":
      return encodeBase64("b€");
    case "int32":
      return isZero ? 0 : number;
    case "int64":
      return isZero ? 0 : draw(2) === 0 ? number : number * 2 ** 20;
    case "boolean":
      return !isZero;
    case "double":
      return isZero ? 0 : number / 4;
    case "time":
      return "2023-11-14T22:13:20Z";
    case "microTime":
      return "1969-11-14T22:13:20.000001Z";
    case "quantity":
      return "10m";
    case "intOrString":
      return draw(2) === 0 ? number : "25%";
    case "any":
      return { "f:a": [1, "", null], b: { __proto: true } };
  }
}

const kinds = registry.kinds.map(({ group, version, kind }) => ({
  apiVersion: group === "" ? version : `${group}/${version}`,
  kind,
}));

test("encodeProtobuf() knows every kind that a server stores", () => {
  const unknown = kinds.filter((type) => messageOfKind(type) === undefined);
  assert.deepEqual(unknown, []);
});

property(
  "what encodeProtobuf() writes, decodeProtobuf() reads back, for objects of every kind and lists of them",
  [fc.constantFrom(...kinds), fc.array(fc.nat(1_000_000), { minLength: 20, maxLength: 300 })],
  (type, tape) => {
    let at = 0;
    const draw: Draw = (below) => (tape[at++ % tape.length] ?? 0) % below;
    const object = {
      kind: type.kind,
      apiVersion: type.apiVersion,
      ...drawnMessage(messageOfKind(type) as Message, draw, 0),
    };
    const bytes = encodeProtobuf(object) ?? assert.fail("no message");
    assert.deepEqual(decodeProtobuf(bytes, { apiVersion: "", kind: "" }), ok(object));
    const { kind: _kind, apiVersion: _apiVersion, ...item } = object;
    const list = { ...type, kind: `${type.kind}List`, metadata: { resourceVersion: "7" }, items: [item, item] };
    const text = bytesText(encodeProtobuf(list) ?? assert.fail("no list"));
    // The whole object is in it twice, behind its type and the list's metadata.
    const raw = bytesText(bytes.subarray(rawAt(bytes), -4));
    assert.equal(text.split(raw).length - 1 >= (raw === "" ? 0 : 2), true);
  },
  { runs: 400 },
);

/** Where the object begins in its envelope. */
function rawAt(bytes: Uint8Array): number {
  let at = 5;
  at += 1 + (bytes[at] ?? 0) + 1;
  while ((bytes[at++] ?? 0) > 127);
  return at;
}

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");

test("encodeProtobuf() writes the bytes that Go writes", () => {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", labels: { b: "2", a: "1" }, creationTimestamp: "1970-01-01T00:00:01Z" },
    spec: { terminationGracePeriodSeconds: 0, priority: -1 },
  };
  const head = "6b3873000a090a02763112 03506f64".replace(" ", "");
  const labels = "5a060a0161120131" + "5a060a0162120132";
  const metadata = `0a190a01704204080110 00${labels}`.replace(" ", "");
  const spec = "120e2000" + "c801ffffffffffffffffff01";
  const raw = metadata + spec;
  const size = (raw.length / 2).toString(16);
  assert.equal(hex(encodeProtobuf(pod)), `${head}12${size}${raw}1a002200`);
});

test("encodeProtobuf() has no bytes for what has no message, and leaves out what a message does not have", () => {
  assert.equal(encodeProtobuf({ apiVersion: "meta.k8s.io/v1", kind: "Table", rows: [] }), undefined);
  assert.equal(encodeProtobuf({ apiVersion: "example.com/v1", kind: "ThingList", items: [] }), undefined);
  const [plain, more] = [{ a: "b" }, { a: "b", c: null }].map((data) =>
    hex(encodeProtobuf({ apiVersion: "v1", kind: "ConfigMap", data, unknown: {}, ...(data.c === null ? {} : {}) })),
  );
  assert.notEqual(plain, more);
  const partial = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: { name: "p" } };
  assert.ok(hex(encodeProtobuf(partial)).includes("0a030a0170"));
});

test("encodeWatchEvent() puts the length of an event before it", () => {
  assert.equal(hex(encodeWatchEvent("ADDED", Uint8Array.of(1, 2))), "0000000d0a0541444445441204" + "0a020102");
});
