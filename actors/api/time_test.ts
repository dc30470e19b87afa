import { assert, fc, property, test } from "../../properties/house/test.ts";
import { elapsedMs, formatInstant, formatMicroTime, formatTime, isPlainTime, parseInstant, parseTime } from "./time.ts";

test("formatTime() cuts off the fraction, formatMicroTime() keeps microseconds", () => {
  assert.equal(formatTime(1_700_000_000_999), "2023-11-14T22:13:20Z");
  assert.equal(formatMicroTime(1_700_000_000_123.456), "2023-11-14T22:13:20.123456Z");
  assert.equal(formatMicroTime(1_700_000_000_000), "2023-11-14T22:13:20.000000Z");
});

test("parseTime() reads offsets and refuses what is no time", () => {
  assert.equal(parseTime("2023-11-14T23:13:20+01:00"), 1_700_000_000_000);
  assert.equal(parseTime("2023-11-14T22:13:20.5Z"), 1_700_000_000_500);
  for (const text of [
    "",
    "now",
    "2023-11-14",
    "2023-02-30T00:00:00Z",
    "2023-11-14T25:00:00Z",
    "2023-13-01T00:00:00Z",
  ]) {
    assert.equal(parseTime(text), undefined, text);
  }
  assert.equal(elapsedMs("2023-11-14T22:13:20Z", 1_700_000_003_000), 3000);
  assert.equal(elapsedMs(undefined, 5), 0);
});

const instantMs = fc.integer({ min: 0, max: 4_000_000_000_000 });

property("times survive writing and reading", [instantMs], (ms) => {
  assert.equal(parseTime(formatTime(ms)), Math.floor(ms / 1000) * 1000);
  assert.equal(parseTime(formatMicroTime(ms)), ms);
});

property(
  "formatTime() writes what ISO 8601 has for every second",
  [fc.integer({ min: -62_167_219_200, max: 253_402_300_799 })],
  (second) => {
    assert.equal(formatTime(second * 1000), `${new Date(second * 1000).toISOString().slice(0, 19)}Z`);
  },
);

/** Times and what is nearly one. */
const timeText = fc
  .tuple(
    fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }),
    fc.nat(999_999),
    fc.nat(27),
    fc.string({ maxLength: 1 }),
  )
  .map(([seconds, micros, at, letter]) => {
    const text = formatInstant({ seconds, nanos: micros * 1000 }, micros % 2 === 0 ? "microTime" : "time");
    return micros % 3 === 0 ? `${text.slice(0, at)}${letter}${text.slice(at + 1)}` : text;
  });

property(
  "isPlainTime() knows none but those that are written as they were read",
  [fc.oneof(timeText, fc.constantFrom("0001-01-01T00:00:00Z", "2023-02-29T00:00:00Z", "2023-04-31T00:00:00Z"))],
  (text) => {
    for (const scalar of ["time", "microTime"] as const) {
      const instant = parseInstant(text);
      if (isPlainTime(text, scalar)) assert.equal(instant && formatInstant(instant, scalar), text);
    }
  },
);

test("isPlainTime() knows the times that everybody writes", () => {
  assert.ok(isPlainTime("2026-02-28T23:59:59Z", "time"));
  assert.ok(isPlainTime("2026-11-30T00:00:00.000001Z", "microTime"));
  assert.ok(!isPlainTime("2026-11-30T00:00:00Z", "microTime"));
});

property("the texts of times are ordered as the times are", [instantMs, instantMs], (a, b) => {
  assert.equal(formatMicroTime(a) < formatMicroTime(b), a < b);
});

test("parseInstant() and formatInstant() keep every second and microsecond from the year 0 to 9999", () => {
  for (const text of ["0000-01-01T00:00:00.000001Z", "0001-01-01T00:00:01.000000Z", "0099-12-31T23:59:59.999999Z"]) {
    const instant = parseInstant(text);
    assert.equal(instant && formatInstant(instant, "microTime"), text);
  }
  const last = parseInstant("9999-12-31T23:59:59,9999999999Z");
  assert.equal(last && formatInstant(last, "microTime"), "9999-12-31T23:59:59.999999Z");
  assert.equal(formatTime(parseTime("0001-02-03T04:05:06+01:00") ?? 0), "0001-02-03T03:05:06Z");
  assert.equal(parseTime("9999-12-31T23:59:59-01:00"), undefined);
  assert.equal(parseTime("2023-11-14T22:13:20+25:00"), undefined);
});

test("formatTime() says the last instant that a text can say for whatever comes after it", () => {
  assert.deepEqual([formatTime(1e303), formatTime(-1e303)], ["9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z"]);
});

const wholeRange = fc.tuple(fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }), fc.nat(999_999));

property("instants survive writing and reading, all of them", [wholeRange], ([seconds, micros]) => {
  const instant = { seconds, nanos: micros * 1000 };
  assert.deepEqual(parseInstant(formatInstant(instant, "microTime")), instant);
});
