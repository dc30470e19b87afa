import { assert, test } from "../../properties/house/test.ts";
import { scalarValue, type WrittenScalar } from "./yaml_scalars.ts";

const meaningOf = (scalar: WrittenScalar) => {
  const read = scalarValue(scalar);
  return read.ok ? read.value : { error: read.failure };
};
const plain = (text: string) => meaningOf({ text, isPlain: true, tag: "" });
const tagged = (tag: string, text: string) => meaningOf({ text, isPlain: true, tag });

test("scalarValue() reads plain scalars as YAML 1.1", () => {
  assert.deepEqual(["", "~", "null", "NULL"].map(plain), [null, null, null, null]);
  assert.deepEqual(["yes", "On", "TRUE", "y"].map(plain), [true, true, true, true]);
  assert.deepEqual(["no", "Off", "FALSE", "n"].map(plain), [false, false, false, false]);
  assert.deepEqual(["0", "-7", "+7", "1_000", "08"].map(plain), [0, -7, 7, 1000, 8]);
  assert.deepEqual(["0644", "0o644", "0x1F", "-0x1f", "0b101"].map(plain), [420, 420, 31, -31, 5]);
  assert.deepEqual([".5", "1.", "-1.5e3", "1e3"].map(plain), [0.5, 1, -1500, 1000]);
  assert.deepEqual([".inf", "-.Inf", ".nan"].map(plain), [Infinity, -Infinity, NaN]);
  const texts = [
    "2001-01-01",
    "12:30:45",
    "1e999999",
    "0x10000000000000000",
    "-",
    "+",
    ".",
    "1.2.3",
    "tRUE",
    "a",
    "<<",
  ];
  assert.deepEqual(texts.map(plain), texts);
  assert.equal(meaningOf({ text: "1", isPlain: false, tag: "" }), "1");
});

test("scalarValue() does as tags say, or says why it cannot", () => {
  assert.equal(tagged("!!str", "1"), "1");
  assert.equal(tagged("!<tag:yaml.org,2002:str>", "1"), "1");
  assert.equal(tagged("!!float", "1"), 1);
  assert.equal(tagged("!!binary", "aGVsbG8="), "hello");
  assert.equal(tagged("!mine", "1"), "1");
  assert.deepEqual(tagged("!!int", "x"), { error: "cannot decode !!str `x` as a !!int" });
  assert.deepEqual(tagged("!!binary", "?"), { error: "!!binary value contains invalid base64 data" });
});

test("scalarValue() takes a number of a million digits for what it is", () => {
  const digits = "1".repeat(1_000_000);
  assert.equal(plain(digits), digits);
  assert.equal(plain(`0x${digits}`), `0x${digits}`);
  assert.equal(plain(`0.${digits}`), Number(`0.${digits}`));
  assert.equal(plain(`${"1_".repeat(500_000)}x`), `${"1_".repeat(500_000)}x`);
});
