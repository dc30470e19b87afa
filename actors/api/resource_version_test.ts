import { assert, fc, property, test } from "../../properties/house/test.ts";
import { ok } from "../kit/result.ts";
import { compareResourceVersions, formatResourceVersion, parseResourceVersion } from "./resource_version.ts";

test("parseResourceVersion() refuses what is no version, in the words of Go", () => {
  assert.deepEqual(parseResourceVersion(""), ok(0));
  assert.deepEqual(parseResourceVersion("0"), ok(0));
  const abc = parseResourceVersion("abc");
  assert.deepEqual(!abc.ok && abc.failure, {
    type: "FieldValueInvalid",
    field: "resourceVersion",
    value: "abc",
    detail: 'strconv.ParseUint: parsing "abc": invalid syntax',
  });
  assert.equal(parseResourceVersion("-1").ok, false);
  assert.equal(parseResourceVersion("99999999999999999999").ok, false);
});

const revision = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

property("versions survive writing and reading, and are ordered as revisions are", [revision, revision], (a, b) => {
  assert.deepEqual(parseResourceVersion(formatResourceVersion(a)), ok(a));
  assert.equal(Math.sign(compareResourceVersions(String(a), String(b))), Math.sign(a - b));
});
