import { assert, test } from "../../properties/house/test.ts";
import { failed, ok } from "../kit/result.ts";
import { applyJsonPatch } from "./json_patch.ts";
import { deepFreeze } from "./types.ts";

const document = deepFreeze({ spec: { replicas: 1, items: ["a", "b"] } });

test("applyJsonPatch() applies each operation and leaves the document alone", () => {
  const patch = [
    { op: "test", path: "/spec/replicas", value: 1 },
    { op: "replace", path: "/spec/replicas", value: 3 },
    { op: "add", path: "/spec/items/-", value: "c" },
    { op: "remove", path: "/spec/items/0" },
    { op: "copy", from: "/spec/replicas", path: "/spec/copied" },
    { op: "move", from: "/spec/items", path: "/items" },
  ];
  assert.deepEqual(applyJsonPatch(document, patch), ok({ spec: { replicas: 3, copied: 3 }, items: ["b", "c"] }));
  assert.deepEqual(document, { spec: { replicas: 1, items: ["a", "b"] } });
});

test("applyJsonPatch() refuses what does not fit the document", () => {
  for (const operation of [
    { op: "test", path: "/spec/replicas", value: 2 },
    { op: "remove", path: "/spec/none" },
    { op: "replace", path: "/spec/none", value: 1 },
    { op: "add", path: "/none/deeper", value: 1 },
  ]) {
    const result = applyJsonPatch(document, [operation]);
    assert.equal(!result.ok && result.failure.kind, "refused", JSON.stringify(operation));
  }
});

test("applyJsonPatch() tells a patch that is none from one that does not fit, whose operations may be anything", () => {
  for (const patch of [{}, "x", ["x"], [[]], [{ op: "add", path: "/a", value: 1 }, 1]]) {
    const result = applyJsonPatch(document, patch);
    assert.equal(!result.ok && result.failure.kind, "malformed", JSON.stringify(patch));
  }
  const odd = { toString: 1, valueOf: 1 };
  const operations = [null, {}, { op: "frob", path: "/a" }, { op: "toString", path: "/a" }, { op: odd, path: "/a" }];
  for (const each of [...operations, { op: "add" }, { op: "add", path: odd }, { op: "copy", path: "/a", from: odd }]) {
    const result = applyJsonPatch(document, [each]);
    assert.equal(!result.ok && result.failure.kind, "refused", JSON.stringify(each));
  }
});

test("applyJsonPatch() finds places as RFC 6901 and Kubernetes name them", () => {
  const odd = { "a/b": { "~": [1, 2, 3] }, "": 0 };
  const patch = [
    { op: "replace", path: "/a~1b/~0/-1", value: 4 },
    { op: "add", path: "/a~1b/~0/-1", value: 5 },
    { op: "add", path: "/", value: null },
    { op: "test", path: "/nothing", value: null },
    { op: "add", path: "/__proto__", value: { x: 1 } },
  ];
  const result = applyJsonPatch(odd, patch);
  assert.equal(JSON.stringify(result), '{"ok":true,"value":{"a/b":{"~":[1,2,4,5]},"":null,"__proto__":{"x":1}}}');
  assert.deepEqual(applyJsonPatch(odd, [{ op: "replace", path: "", value: [] }]), ok([]));
  for (const path of ["/a~1b/~0/4", "/a~1b/~0/-5", "/a~1b/~0/x", "a", "/constructor/name", "/a~1b/x/y"]) {
    const result = applyJsonPatch(odd, [{ op: "add", path, value: 1 }]);
    assert.equal(!result.ok && result.failure.kind, "refused", path);
  }
  const inside = [{ op: "move", from: "/a~1b", path: "/a~1b/c" }];
  assert.ok(!applyJsonPatch(odd, inside).ok);
});

test("applyJsonPatch() takes what it adds as its own, so that it can be applied again", () => {
  const patch = [
    { op: "add", path: "/list", value: [] },
    { op: "add", path: "/list/-", value: 1 },
  ];
  assert.deepEqual(applyJsonPatch({}, patch), ok({ list: [1] }));
  assert.deepEqual(applyJsonPatch({}, patch), ok({ list: [1] }));
});

test("applyJsonPatch() bounds the operations, what they copy and what they shift", () => {
  const add = { op: "add", path: "/x", value: 1 };
  const why = "The allowed maximum operations in a JSON patch is 10000, got 10001";
  assert.deepEqual(applyJsonPatch({}, Array(10_001).fill(add)), failed({ kind: "tooLarge", why }));
  assert.deepEqual(applyJsonPatch({}, Array(10_000).fill(add)), ok({ x: 1 }));
  const doubling = Array(40).fill({ op: "copy", from: "/a", path: "/a/-" });
  const refused = applyJsonPatch({ a: ["0123456789"] }, doubling);
  assert.ok(!refused.ok && refused.failure.kind === "refused" && refused.failure.why.includes("max: 3145728"));
  const long = { a: Array<number>(500_000).fill(0) };
  const shifted = applyJsonPatch(long, Array(10_000).fill({ op: "add", path: "/a/0", value: 1 }));
  assert.ok(!shifted.ok && shifted.failure.kind === "refused" && shifted.failure.why.includes("too many items"));
  // Neither of these copies anything, however large what they speak of is.
  const large = { a: { b: Array<number>(100_000).fill(0) } };
  const moves = Array.from({ length: 10_000 }, (_, at) => {
    return at % 2 === 0 ? { op: "move", from: "/a", path: "/c" } : { op: "move", from: "/c", path: "/a" };
  });
  assert.deepEqual(applyJsonPatch(large, moves), ok(large));
});
