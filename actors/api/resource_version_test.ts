import { assert, fc, property, test } from "../../properties/house/test.ts";
import { compareResourceVersions, formatResourceVersion, parseResourceVersion } from "./resource_version.ts";

test("parseResourceVersion() refuses what is no version, in the words of Go", () => {
  assert.equal(parseResourceVersion(""), 0);
  assert.equal(parseResourceVersion("0"), 0);
  assert.deepEqual(parseResourceVersion("abc"), {
    type: "FieldValueInvalid",
    field: "resourceVersion",
    value: "abc",
    detail: 'strconv.ParseUint: parsing "abc": invalid syntax',
  });
  assert.equal(typeof parseResourceVersion("-1"), "object");
  assert.equal(typeof parseResourceVersion("99999999999999999999"), "object");
});

const revision = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

property("versions survive writing and reading, and are ordered as revisions are", [revision, revision], (a, b) => {
  assert.equal(parseResourceVersion(formatResourceVersion(a)), a);
  assert.equal(Math.sign(compareResourceVersions(String(a), String(b))), Math.sign(a - b));
});
