import { assert, fc, property, test } from "../../properties/house/test.ts";
import { jsonFields, repeatedFields } from "./json_fields.ts";

test("repeatedFields() finds what an object has twice, wherever it is, and nothing else", () => {
  assert.deepEqual(repeatedFields('{"data":{"a":"1"},"data":{"b":"{\\"a\\":1,\\"a\\":2}"}}'), ["data"]);
  assert.deepEqual(repeatedFields('{"spec":{"replicas":1,"c":[{"x":1},{"x":1,"x":[2],"x":3}],"replicas":2}}'), [
    "spec.c[1].x",
    "spec.replicas",
  ]);
  assert.deepEqual(repeatedFields('[{"op":1}, [{"a":{}, "\\u0061":1}]]'), ["[1][0].a"]);
  const many = Array.from({ length: 500 }, (_, index) => `"k${index}":1,"k${index}":2`);
  assert.equal(repeatedFields(`{${many.join()}}`).length, 100);
});

property("jsonFields() sees each field of a value once, and none repeated", [fc.jsonValue()], (value) => {
  let count = 0;
  const text = JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === "object" && each !== null && !Array.isArray(each)) count += Object.keys(each).length;
    return each;
  });
  const seen = [...jsonFields(text)];
  assert.equal(seen.length, count);
  assert.ok(seen.every(({ isRepeated }) => !isRepeated));
});
