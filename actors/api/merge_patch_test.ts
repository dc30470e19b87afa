import { assert, fc, property, test } from "../../properties/house/test.ts";
import { applyMergePatch, createMergePatch } from "./merge_patch.ts";

test("applyMergePatch() does what the examples of RFC 7386 show", () => {
  const examples: [unknown, unknown, unknown][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "foo" }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of examples) assert.deepEqual(applyMergePatch(target, patch), result);
});

const withoutNull = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.string(), fc.array(fc.integer()), tie("object")),
  object: fc.dictionary(fc.string({ maxLength: 2 }), tie("value"), { noNullPrototype: true }),
}));

property(
  "applying the patch between two objects gives the second",
  [withoutNull.object, withoutNull.object],
  (a, b) => {
    assert.deepEqual(applyMergePatch(a, createMergePatch(a, b)), b);
  },
);

property("a merge patch applied twice is applied once", [withoutNull.object, withoutNull.object], (target, patch) => {
  const once = applyMergePatch(target, patch);
  assert.deepEqual(applyMergePatch(once, patch), once);
});
