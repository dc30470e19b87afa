import { assert, test } from "../../properties/test.ts";
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
  assert.deepEqual(applyJsonPatch(document, patch), { value: { spec: { replicas: 3, copied: 3 }, items: ["b", "c"] } });
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
    assert.equal("error" in result && result.kind, "refused", JSON.stringify(operation));
  }
});

test("applyJsonPatch() tells a patch that is none from one that does not fit", () => {
  for (const patch of [{}, [{ op: "frob", path: "/a" }], [{ op: "add" }], [null]]) {
    const result = applyJsonPatch(document, patch);
    assert.equal("error" in result && result.kind, "malformed", JSON.stringify(patch));
  }
});
