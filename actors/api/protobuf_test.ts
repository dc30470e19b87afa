import { assert, fc, property, test } from "../../properties/house/test.ts";
import { ok } from "../kit/result.ts";
import { encodeBase64 } from "./base64.ts";
import { decodeProtobuf } from "./protobuf.ts";
import { protobufFields } from "./schema/protobuf.generated.ts";
import type { TypeMeta } from "./schema/protobuf_kinds.ts";
import { type Message, type MessageField, messageOf } from "./schema/protobuf_schema.ts";
import { definitionOf, type FieldType } from "./schema/schema.ts";
import type { Fields } from "./types.ts";

// An encoder for tests: the server has none, because every client that writes protocol buffers reads JSON.
const varint = (value: number | bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};
const number = (field: number, value: number | bigint): number[] => [...varint(field * 8), ...varint(value)];
const part = (field: number, bytes: Iterable<number>): number[] => {
  const all = [...bytes];
  return [...varint(field * 8 + 2), ...varint(all.length), ...all];
};
const text = (field: number, value: string): number[] => part(field, new TextEncoder().encode(value));

function encoded({ apiVersion, kind }: TypeMeta, raw: readonly number[]): Uint8Array {
  const type = [...text(1, apiVersion), ...text(2, kind)];
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...part(1, type), ...part(2, raw), ...text(3, ""), ...text(4, "")]);
}

const deployment = { apiVersion: "apps/v1", kind: "Deployment" };
const pod = { apiVersion: "v1", kind: "Pod" };
const event = { apiVersion: "v1", kind: "Event" };

function decoded(type: TypeMeta, raw: readonly number[], expected = type): Fields {
  const result = decodeProtobuf(encoded(type, raw), expected);
  assert.ok(result.ok, result.ok ? "" : result.failure);
  const { apiVersion, kind, ...fields } = result.value;
  assert.deepEqual({ apiVersion, kind }, type);
  return fields;
}

function errorOf(bytes: Uint8Array, expected: TypeMeta): string {
  const result = decodeProtobuf(bytes, expected);
  return result.ok ? "" : result.failure;
}

test("decodeProtobuf() keeps the zeros of pointers and drops those that JSON leaves out", () => {
  const rolling = part(1, [...number(1, 0), ...number(2, 0), ...text(3, "")]);
  const spec = [...number(1, 0), ...number(5, 0), ...number(7, 0), ...part(4, [...text(1, ""), ...part(2, rolling)])];
  assert.deepEqual(decoded(deployment, part(2, spec)), {
    spec: { replicas: 0, strategy: { rollingUpdate: { maxUnavailable: 0 } } },
  });
  const variable = part(7, [...text(1, "A"), ...text(2, "")]);
  const container = part(2, [...text(1, "c"), ...text(2, ""), ...variable, ...part(8, [])]);
  assert.deepEqual(decoded(pod, part(2, [...container, ...text(3, ""), ...number(11, 0), ...number(4, 0)])), {
    spec: { containers: [{ name: "c", env: [{ name: "A" }], resources: {} }], terminationGracePeriodSeconds: 0 },
  });
  assert.deepEqual(decoded(event, [...number(8, 0), ...text(14, ""), ...text(3, "")]), { reportingComponent: "" });
});

test("decodeProtobuf() writes times as RFC 3339, and none when there is none", () => {
  const time = (seconds: number, nanos = 0) => [...number(1, seconds), ...number(2, nanos)];
  const at = (bytes: readonly number[]) => decoded(event, part(6, bytes)).firstTimestamp;
  assert.equal(at(time(1_700_000_000, 999_999_999)), "2023-11-14T22:13:20Z");
  assert.equal(at([]), undefined);
  assert.equal(at(time(-62_135_596_800)), undefined);
  assert.equal(at(time(-1)), "1969-12-31T23:59:59Z");
  assert.equal(decoded(event, part(10, time(1_700_000_000, 123_457_999))).eventTime, "2023-11-14T22:13:20.123457Z");
  assert.match(errorOf(encoded(event, part(6, time(1e15))), event), /^Event in version "v1".*out of range$/);
});

test("decodeProtobuf() reads numbers packed and unpacked, negative ones, and messages in several pieces", () => {
  const security = (bytes: readonly number[]) => part(2, part(14, bytes));
  assert.deepEqual(
    decoded(pod, [
      ...security([...number(4, 5), ...part(4, [...varint(7), ...varint(-1)])]),
      ...security([...number(2, -3), ...number(3, 1)]),
    ]),
    { spec: { securityContext: { supplementalGroups: [5, 7, -1], runAsUser: -3, runAsNonRoot: true } } },
  );
  assert.deepEqual(decoded(pod, part(2, number(5, 2n ** 53n - 1n))), {
    spec: { activeDeadlineSeconds: 2 ** 53 - 1 },
  });
});

test("decodeProtobuf() reads maps, with keys of every name and values that are left out", () => {
  const label = (bytes: readonly number[]) => part(1, part(11, bytes));
  const { metadata } = decoded(pod, [
    ...label([...text(1, "__proto__"), ...text(2, "x")]),
    ...label(text(1, "none")),
    ...label([...text(2, "b"), ...text(1, "a")]),
  ]) as { metadata: { labels: Fields } };
  assert.equal(JSON.stringify(metadata), '{"labels":{"__proto__":"x","none":"","a":"b"}}');
  const review = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview" };
  const scopes = part(5, [...text(1, "scopes"), ...part(2, [...text(1, "a"), ...text(1, "")])]);
  assert.deepEqual(decoded(review, part(2, scopes)), { spec: { extra: { scopes: ["a", ""] } } });
});

test("decodeProtobuf() skips fields that it does not know, groups among them", () => {
  const deep = [
    ...Array<number>(50_000)
      .fill(99 * 8 + 3)
      .flatMap(varint),
  ];
  const closed = [
    ...deep,
    ...Array<number>(50_000)
      .fill(99 * 8 + 4)
      .flatMap(varint),
  ];
  const unknown = [
    ...number(99, 5),
    ...text(98, "x"),
    ...varint(97 * 8 + 1),
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    ...varint(96 * 8 + 5),
  ];
  const raw = [...unknown, 1, 2, 3, 4, ...closed, ...part(1, text(1, "p"))];
  assert.deepEqual(decoded(pod, raw), { metadata: { name: "p" } });
  assert.match(errorOf(encoded(pod, deep), pod), /: unexpected EOF$/);
});

test("decodeProtobuf() says what is wrong in the words of a real server", () => {
  const bad = (raw: readonly number[]) => errorOf(encoded(pod, raw), pod);
  const head = 'Pod in version "v1" cannot be handled as a Pod: ';
  assert.equal(bad([...varint(10), 5, 1]), `${head}unexpected EOF`);
  assert.equal(bad(number(1, 1)), `${head}proto: wrong wireType = 0 for field Metadata`);
  assert.equal(bad([...varint(99 * 8 + 7)]), `${head}proto: illegal wireType 7`);
  assert.equal(bad([12]), `${head}proto: wiretype end group for non-group`);
  assert.equal(bad([0, 0]), `${head}proto: illegal tag 0 (wire type 0)`);
  assert.equal(bad([8, ...Array<number>(10).fill(255), 1]), `${head}proto: wrong wireType = 0 for field Metadata`);
  assert.equal(bad([...varint(99 * 8), ...Array<number>(10).fill(255), 1]), `${head}proto: integer overflow`);
  const job = { apiVersion: "batch/v2", kind: "Job" };
  assert.equal(
    errorOf(encoded(job, []), pod),
    'Job in version "v2" cannot be handled as a Pod: no kind "Job" is registered for version "batch/v2"',
  );
  const spec = { apiVersion: "v1", kind: "PodSpec" };
  assert.match(errorOf(encoded(spec, []), pod), /no kind "PodSpec" is registered/);
  assert.equal(
    errorOf(Uint8Array.from([0x7b, 0x7d]), pod),
    "the object provided is unrecognized (must be of type Pod): provided data does not appear to be a protobuf " +
      "message, expected prefix [107 56 115 0] (7b7d)",
  );
  assert.match(errorOf(new Uint8Array(), pod), /must be of type Pod\): empty data \(<empty>\)$/);
  const fieldsV1 = (json: string) => part(1, part(17, part(7, text(1, json))));
  assert.match(bad(fieldsV1("{")), /cannot be handled as a Pod: json: /);
  assert.match(bad(fieldsV1("[".repeat(100_000))), /: json: exceeded max depth$/);
});

test("decodeProtobuf() takes the kind of the request when the body names none, and a group's own DeleteOptions", () => {
  const result = decodeProtobuf(encoded({ apiVersion: "", kind: "" }, part(1, text(1, "p"))), pod);
  assert.deepEqual(result, ok({ kind: "Pod", apiVersion: "v1", metadata: { name: "p" } }));
  const options = { apiVersion: "apps/v1", kind: "DeleteOptions" };
  assert.deepEqual(decoded(options, [...number(1, 0), ...text(4, "Foreground"), ...text(5, "All")]), {
    gracePeriodSeconds: 0,
    propagationPolicy: "Foreground",
    dryRun: ["All"],
  });
});

/** A value of a type, and its bytes as field `at`. */
function sample(type: FieldType, at: number): { readonly value: unknown; readonly bytes: number[] } {
  if (type.tag === "list") {
    const { value, bytes } = sample(type.item, at);
    return { value: [value, value], bytes: [...bytes, ...bytes] };
  }
  if (type.tag === "map") {
    if (type.value.tag === "list") {
      const { value, bytes } = sample(type.value, 1);
      return { value: { k: value }, bytes: part(at, [...text(1, "k"), ...part(2, bytes)]) };
    }
    const { value, bytes } = sample(type.value, 2);
    return { value: { k: value }, bytes: part(at, [...text(1, "k"), ...bytes]) };
  }
  if (type.tag === "reference") {
    const message = messageOf(type.definition);
    if (message === undefined) throw new Error(`${type.definition} has no message`);
    const value: Fields = {};
    return { value, bytes: part(at, sampleMessage(message, value)) };
  }
  switch (type.scalar) {
    case "string":
      return { value: "grün", bytes: text(at, "grün") };
    case "bytes":
      return { value: encodeBase64("b"), bytes: text(at, "b") };
    case "int32":
    case "int64":
      return { value: -7, bytes: number(at, -7) };
    case "boolean":
      return { value: true, bytes: number(at, 1) };
    case "double":
      return { value: 0.5, bytes: [...varint(at * 8 + 1), ...new Uint8Array(Float64Array.of(0.5).buffer)] };
    case "time":
      return { value: "2023-11-14T22:13:20Z", bytes: part(at, number(1, 1_700_000_000)) };
    case "microTime":
      return {
        value: "2023-11-14T22:13:20.000001Z",
        bytes: part(at, [...number(1, 1_700_000_000), ...number(2, 1000)]),
      };
    case "quantity":
      return { value: "10m", bytes: part(at, text(1, "10m")) };
    case "intOrString":
      return { value: "25%", bytes: part(at, [...number(1, 1), ...number(2, 0), ...text(3, "25%")]) };
    case "any":
      return { value: { "f:a": [1] }, bytes: part(at, text(1, '{"f:a":[1]}')) };
  }
}

/** Bytes with every field of a message; what they mean is put into `target`. */
function sampleMessage(message: Message, target: Fields): number[] {
  return [...message].flatMap(([at, field]: [number, MessageField]) => {
    if ("inlined" in field) return part(at, sampleMessage(field.inlined, target));
    const { value, bytes } = sample(field.type, at);
    target[field.name] = value;
    return bytes;
  });
}

const kinds = Object.keys(protobufFields).flatMap((name) => {
  const [, group = "", version = "", kind = ""] = /^io\.k8s\.api\.(\w+)\.(\w+)\.(\w+)$/.exec(name) ?? [];
  const isKind =
    kind !== "" && definitionOf(name)?.fields.has("apiVersion") && definitionOf(name)?.fields.has("metadata");
  return isKind ? [{ name, type: { apiVersion: group === "core" ? version : `${group}/${version}`, kind } }] : [];
});

function sampleOf({ name, type }: (typeof kinds)[number]) {
  const target: Fields = {};
  return { target, bytes: encoded(type, sampleMessage(messageOf(name) as Message, target)) };
}

test("decodeProtobuf() reads every field of every kind", () => {
  assert.ok(kinds.length >= 15);
  for (const kind of kinds) {
    const { target, bytes } = sampleOf(kind);
    assert.deepEqual(decodeProtobuf(bytes, kind.type), ok({ ...target, ...kind.type }), kind.name);
  }
});

test("the messages have the fields of the schemas, all of them", () => {
  const seen = new Set<string>();
  const visit = (message: Message) => {
    for (const field of message.values()) {
      if ("inlined" in field) visit(field.inlined);
      else seen.add(field.name);
    }
  };
  for (const name of Object.keys(protobufFields)) {
    const definition = definitionOf(name);
    const message = messageOf(name);
    if (definition === undefined || message === undefined) continue;
    seen.clear();
    visit(message);
    for (const each of ["apiVersion", "kind"]) if (definition.fields.get(each) && !seen.has(each)) seen.add(each);
    assert.deepEqual([...seen].sort(), [...definition.fields.keys()].sort(), name);
  }
});

const samples = kinds.map((kind) => ({ type: kind.type, bytes: sampleOf(kind).bytes }));

function isAnswer(bytes: Uint8Array, type: TypeMeta): void {
  const result = decodeProtobuf(bytes, type);
  if (result.ok) JSON.stringify(result.value);
  else assert.ok(result.failure.length > 0);
}

property(
  "decodeProtobuf() answers bytes that are cut off or changed with an object or an error",
  [fc.constantFrom(...samples), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255), fc.boolean()],
  ({ type, bytes }, place, byte, cut) => {
    const at = Math.floor(place * (bytes.length - 1));
    isAnswer(cut ? bytes.subarray(0, at) : Uint8Array.from(bytes, (each, index) => (index === at ? byte : each)), type);
  },
  { runs: 300 },
);

property(
  "decodeProtobuf() answers any bytes in the envelope with an object or an error",
  [fc.constantFrom(pod, deployment, event), fc.uint8Array({ maxLength: 200 })],
  (type, raw) => isAnswer(encoded(type, [...raw]), type),
  { runs: 1000 },
);
