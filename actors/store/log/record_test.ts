import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { crc32 } from "./crc32.ts";
import { numberField, readFields, textField } from "./fields.ts";
import { encodeRecord, payloadOf, scanRecords } from "./record.ts";

const payload = fc.string({ unit: fc.constantFrom("a", "é", "水", "\n", "\u0001", "n", "1", " ", '"', "\\") });

test("crc32() gives the check value of CRC-32", () => {
  assert.equal(crc32("123456789"), 0xcbf43926);
});

property("a record gives its payload back", [payload], (text) => {
  const record = encodeRecord(text);
  assert.equal(record.indexOf("\n"), record.length - 1);
  assert.equal(payloadOf(record), text);
});

property("a file cut anywhere keeps its whole records", [fc.array(payload, { maxLength: 4 })], (payloads) => {
  const records = payloads.map(encodeRecord);
  const text = records.join("");
  for (let cut = 0; cut <= text.length; cut++) {
    const { records: found, goodLength } = scanRecords(text.slice(0, cut), "wal");
    const ends = records.map((_, i) => records.slice(0, i + 1).join("").length);
    const whole = ends.filter((end) => end <= cut).length;
    assert.deepEqual(found.map(payloadOf), payloads.slice(0, whole));
    assert.equal(goodLength, records.slice(0, whole).join("").length);
  }
});

property(
  "a character that was altered in a whole record is found",
  [fc.array(payload, { minLength: 1, maxLength: 4 }), fc.nat(), fc.constantFrom("x", "7", "\n", " ")],
  (payloads, place, character) => {
    const text = payloads.map(encodeRecord).join("");
    // The very last line feed is the one whose loss cannot be told from a torn append.
    const at = place % (text.length - 1);
    if (text[at] === character) return;
    const altered = text.slice(0, at) + character + text.slice(at + 1);
    assert.throws(() => scanRecords(altered, "wal"), /Cannot read wal: the record at \d+ is corrupt/);
  },
);

test("scanRecords() takes zeros at the end for a torn append", () => {
  const text = encodeRecord("one") + encodeRecord("two");
  const zeroed = `${text.slice(0, -4)}\0\0\0\n`;
  assert.deepEqual(scanRecords(zeroed, "wal").records.map(payloadOf), ["one"]);
});

property("fields come back in order", [fc.array(fc.oneof(fc.nat(), payload))], (values) => {
  const reader = readFields(
    values.map((each) => (typeof each === "number" ? numberField(each) : textField(each))).join(""),
  );
  for (const each of values) assert.equal(typeof each === "number" ? reader.number() : reader.text(), each);
  assert.ok(reader.ended());
});

test("readFields() refuses what is not a field", () => {
  assert.throws(() => readFields("x;").number(), /no number before/);
  assert.throws(() => readFields("9:abc").text(), /9 characters are not there/);
});
