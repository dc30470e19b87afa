import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { JsonSchema } from "./json_schema.ts";
import { schemaErrors } from "./validate.ts";

const short: JsonSchema = { type: "string", maxLength: 2 };
const entry: JsonSchema = { type: "object", required: ["key"], properties: { key: { type: "string" }, own: short } };
const schema: JsonSchema = {
  type: "object",
  properties: {
    a: short,
    b: short,
    inner: { type: "object", required: ["must"], properties: { c: { type: "integer" }, d: short } },
    whole: { type: "object", "x-kubernetes-map-type": "atomic", properties: { e: short, f: short } },
    map: { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["key"], items: entry },
    list: { type: "array", items: short },
    set: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
  },
};

/** Each case: what there was, what there is to be, and what is wrong with it. */
const cases: readonly (readonly [old: object | undefined, value: object, errors: readonly string[]])[] = [
  [undefined, { a: "long" }, ["a: Too long: may not be more than 2 bytes"]],
  [{ a: "long" }, { a: "long", b: "ok" }, []],
  [{ a: "long" }, { a: "longer" }, ["a: Too long: may not be more than 2 bytes"]],
  [{ inner: { c: "x" } }, { inner: { c: "x" }, a: "" }, []],
  [{ inner: { c: "x" } }, { inner: { c: "x", d: "y" } }, ["inner.must: Required value"]],
  [{ whole: { e: "long" } }, { whole: { e: "long" } }, []],
  [{ whole: { e: "long" } }, { whole: { e: "long", f: "" } }, []],
  [
    { map: [{ key: "1", own: "long" }] },
    {
      map: [
        { key: "2", own: "long" },
        { key: "1", own: "long" },
      ],
    },
    ["map[0].own: Too long: may not be more than 2 bytes"],
  ],
  [{ list: ["long"] }, { list: ["long"], a: "" }, []],
  [{ list: ["long"] }, { list: ["long", ""] }, ["list[0]: Too long: may not be more than 2 bytes"]],
  [{ set: ["a", "b"] }, { set: ["a", "a"] }, ['set[1]: Duplicate value: "a"']],
  [{ set: ["a", "a"] }, { set: ["a", "a", "b"] }, []],
  [{ a: 1 }, { a: true }, ['a: Invalid value: "boolean": a in body must be of type string: "boolean"']],
];

test("schemaErrors() holds nobody up for what was wrong before and is as it was", () => {
  for (const [old, value, errors] of cases) {
    assert.deepEqual(schemaErrors(value, schema, { path: "", old }).map(fieldErrorText), errors, JSON.stringify(value));
  }
});
