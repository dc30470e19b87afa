import { assert, test } from "../../../properties/house/test.ts";
import type { JsonSchema } from "../custom/json_schema.ts";
import { fieldsOf } from "./compare.ts";
import { customShape } from "./custom_shape.ts";
import { encodeSet } from "./field_set.ts";
import { leaf, mapOf } from "./shape.ts";
import { typedConfigError } from "./typed_config.ts";

const text = { type: "string" };
const shapeOf = (properties: Record<string, JsonSchema>) =>
  customShape(
    { type: "object", properties: { spec: { type: "object", properties } } },
    { metadata: mapOf(leaf), isRoot: true },
  );
const sets = (properties: Record<string, JsonSchema>, spec: object) =>
  encodeSet(fieldsOf({ spec }, shapeOf(properties))).replace(/^\{"f:spec":(.*)\}$/, "$1");

test("customShape() has lists as a whole, unless the schema says by what their items are told apart", () => {
  const item: JsonSchema = {
    type: "object",
    properties: { port: { type: "integer" }, protocol: { ...text, default: "TCP" } },
  };
  const list = { type: "array", items: item };
  const keys = { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"] } as const;
  assert.equal(sets({ a: list }, { a: [{ port: 1 }] }), '{"f:a":{}}');
  assert.equal(
    sets({ a: { ...list, ...keys } }, { a: [{ port: 1 }] }),
    '{"f:a":{"k:{\\"port\\":1,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{}}}}',
  );
  const set = { type: "array", items: text, "x-kubernetes-list-type": "set" } as const;
  assert.equal(sets({ a: set }, { a: ["y", "x"] }), '{"f:a":{"v:\\"x\\"":{},"v:\\"y\\"":{}}}');
});

test("customShape() has objects field by field, unless the schema says that they are one whole", () => {
  const object: JsonSchema = { type: "object", properties: { b: text } };
  assert.equal(sets({ a: object }, { a: { b: "1" } }), '{"f:a":{"f:b":{}}}');
  assert.equal(sets({ a: { ...object, "x-kubernetes-map-type": "atomic" } }, { a: { b: "1" } }), '{"f:a":{}}');
  const map: JsonSchema = { type: "object", additionalProperties: { type: "object", properties: { c: text } } };
  assert.equal(sets({ a: map }, { a: { b: { c: "1" } } }), '{"f:a":{"f:b":{".":{},"f:c":{}}}}');
});

test("customShape() tells from the value what the schema leaves open: objects by field, lists as a whole", () => {
  const open: JsonSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const value = { a: { b: { c: 1 }, d: [{ e: 1 }], f: {} } };
  const set = '{"f:a":{".":{},"f:b":{".":{},"f:c":{}},"f:d":{},"f:f":{}}}';
  assert.equal(sets({ x: open }, { x: value }), `{"f:x":${set}}`);
  assert.equal(sets({ x: { "x-kubernetes-preserve-unknown-fields": true } }, { x: value }), `{"f:x":${set}}`);
  const either: JsonSchema = { "x-kubernetes-int-or-string": true };
  assert.equal(sets({ x: either }, { x: 5 }), '{"f:x":{}}');
});

test("customShape() has what every object has in embedded resources, too", () => {
  const embedded: JsonSchema = {
    type: "object",
    "x-kubernetes-embedded-resource": true,
    "x-kubernetes-preserve-unknown-fields": true,
  };
  const value = { apiVersion: "v1", kind: "Pod", metadata: { name: "x" }, spec: { a: 1 } };
  const set = '{"f:apiVersion":{},"f:kind":{},"f:metadata":{"f:name":{}},"f:spec":{".":{},"f:a":{}}}';
  assert.equal(sets({ x: embedded }, { x: value }), `{"f:x":${set}}`);
});

test("typedConfigError() refuses fields that a custom resource's schema does not have, and takes those it leaves open", () => {
  const shape = shapeOf({ a: text, open: { type: "object", "x-kubernetes-preserve-unknown-fields": true } });
  assert.equal(typedConfigError({ spec: { b: 1 } }, shape), ".spec.b: field not declared in schema");
  assert.equal(typedConfigError({ spec: { a: "1", open: { x: { y: 1 } } } }, shape), undefined);
});
