import { assert, fc, property, test } from "../../properties/house/test.ts";
import { decode, decodeList, encode } from "./codec.ts";
import { deepFreeze, jsonEqual, thaw } from "./types.ts";

const object = fc.record({
  apiVersion: fc.constant("v1"),
  kind: fc.constant("Pod"),
  metadata: fc.record({ name: fc.string() }),
  data: fc.dictionary(fc.string(), fc.jsonValue()),
});

property("objects survive the codec, frozen, and equal texts share one object", [object], (made) => {
  const text = encode(made);
  const decoded = decode(text);
  assert.deepEqual(decoded, JSON.parse(text));
  assert.equal(encode(decoded), text);
  assert.equal(decode(text), decoded);
  assert.ok(Object.isFrozen(decoded) && Object.isFrozen(decoded.metadata));
});

test("decode() remembers longer where texts are asked for again, and less where they are not", () => {
  const text = (index: number): string => encode({ apiVersion: "v1", kind: "Pod", metadata: { name: `g${index}` } });
  const isKept = (from: number, count: number, times: number): boolean => {
    const first = decode(text(from));
    for (let index = from + 1; index < from + count; index++)
      for (let time = 0; time < times; time++) decode(text(index));
    return decode(text(from)) === first;
  };
  for (let index = 0; index < 100_000; index++) decode(text(index));
  assert.equal(isKept(100_000, 5_000, 1), false);
  for (let index = 200_000; index < 260_000; index++) for (let time = 0; time < 3; time++) decode(text(index));
  assert.equal(isKept(300_000, 5_000, 3), true);
  for (let index = 400_000; index < 500_000; index++) decode(text(index));
  assert.equal(isKept(600_000, 200, 1), false);
});

test("decode() forgets what was not used for long, and goes on", () => {
  const text = (index: number): string => encode({ apiVersion: "v1", kind: "Pod", metadata: { name: `n${index}` } });
  const first = decode(text(0));
  const kept = decode(text(1));
  for (let index = 2; index < 20_000; index++) {
    decode(text(index));
    assert.equal(decode(text(1)), kept);
  }
  assert.notEqual(decode(text(0)), first);
  assert.deepEqual(decode(text(0)), first);
});

test("decode() holds a few megabytes of what it decoded, however few objects these are", () => {
  const sized = (index: number, chars: number): string =>
    encode({ apiVersion: "v1", kind: "Pod", metadata: { name: `c${index}`, annotations: { a: "x".repeat(chars) } } });
  // Where texts come once, as to an actor that has its thread to itself.
  for (let index = 0; index < 100_000; index++) decode(sized(index, 1));
  const [first, firstLong] = [decode(sized(0, 10_000)), decode(sized(0, 100_000))];
  assert.equal(decode(sized(0, 100_000)), firstLong);
  for (let index = 1; index <= 250; index++) decode(sized(index, 10_000));
  assert.notEqual(decode(sized(0, 10_000)), first);
  assert.notEqual(decode(sized(0, 100_000)), firstLong);
});

property("decodeList() gives what the whole list's text gives, frozen and shared", [fc.array(object)], (objects) => {
  const list = { kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: "7" }, items: objects };
  const frame = JSON.stringify({ ...list, items: [] });
  const texts = () => objects.map((each) => encode(each));
  const decoded = decodeList(frame, texts());
  assert.equal(JSON.stringify(decoded), JSON.stringify(list));
  assert.ok(Object.isFrozen(decoded) && Object.isFrozen((decoded as unknown as { items: unknown }).items));
  assert.equal(decodeList(frame, texts()), decoded);
  assert.notEqual(decodeList(frame, [...texts(), "{}"]), decoded);
});

test("decode() throws on text that is no JSON", () => {
  assert.throws(() => decode("{"), SyntaxError);
});

property("thaw() copies what may only be read into what may be changed", [fc.jsonValue()], (value) => {
  const data = JSON.parse(JSON.stringify({ value }));
  const copy = thaw<{ value: unknown; more?: number }>(deepFreeze(data));
  assert.deepEqual(copy, data);
  copy.more = 1;
  assert.ok(!("more" in data));
});

property(
  "jsonEqual() agrees with deep equality",
  [fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 })],
  (a, b) => {
    const plain = (value: unknown): string => JSON.stringify(value);
    assert.ok(jsonEqual(a, JSON.parse(plain(a))));
    if (plain(a) === plain(b)) assert.ok(jsonEqual(a, b));
    if (jsonEqual(a, b)) assert.deepEqual(JSON.parse(plain(a)), JSON.parse(plain(b)));
  },
);

test("jsonEqual() takes what every object inherits for no field", () => {
  for (const text of ['{"toString":"x"}', '{"constructor":{}}', '{"__proto__":{}}']) {
    const odd: unknown = JSON.parse(text);
    assert.deepEqual(
      [jsonEqual(odd, {}), jsonEqual({}, odd), jsonEqual(odd, JSON.parse(text))],
      [false, false, true],
      text,
    );
  }
});

test("thaw() takes __proto__ for a key like any other", () => {
  const text = '{"data":{"__proto__":"x"}}';
  assert.equal(JSON.stringify(thaw(JSON.parse(text))), text);
});
