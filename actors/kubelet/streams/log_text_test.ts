import { assert, fc, property, test } from "../../../properties/house/test.ts";
import type { LogLine } from "../../cri/messages.ts";
import { logText, timestamp } from "./log_text.ts";

const startMs = Date.UTC(2026, 0, 1);
const clock = { nowMs: startMs + 10_000, wallMs: (atMs: number) => startMs + atMs };
const lines: LogLine[] = [
  { number: 1, atMs: 1_000, stream: "stdout", text: "one" },
  { number: 2, atMs: 2_000.5, stream: "stderr", text: "two" },
  { number: 3, atMs: 9_000, stream: "stdout", text: "drei €" },
];

test("timestamp() writes nine digits of the second", () => {
  assert.equal(timestamp(startMs + 2_000.5), "2026-01-01T00:00:02.000500000Z");
  assert.equal(timestamp(startMs + 999), "2026-01-01T00:00:00.999000000Z");
});

test("logText() tells lines with their times, of one stream, since a time", () => {
  const told = (options: Parameters<typeof logText>[0]) => logText(options, clock).of(lines);
  assert.equal(told({}), "one\ntwo\ndrei €\n");
  assert.equal(told({ stream: "Stderr", timestamps: true }), "2026-01-01T00:00:02.000500000Z two\n");
  assert.equal(told({ stream: "Stdout" }), "one\ndrei €\n");
  assert.equal(told({ sinceSeconds: 8 }), "two\ndrei €\n");
  assert.equal(told({ sinceTime: "2026-01-01T00:00:02.2Z" }), "drei €\n");
});

test("logText() ends no line that its process did not end, and gives what goes on one time", () => {
  const parts: LogLine[] = [
    { number: 1, atMs: 1_000, stream: "stdout", text: "a", isPartial: true },
    { number: 2, atMs: 2_000, stream: "stdout", text: "b" },
    { number: 3, atMs: 3_000, stream: "stdout", text: "DONE", isPartial: true },
  ];
  assert.equal(logText({}, clock).of(parts), "ab\nDONE");
  const timed = logText({ timestamps: true }, clock).of(parts);
  assert.equal(timed, "2026-01-01T00:00:01.000000000Z ab\n2026-01-01T00:00:03.000000000Z DONE");
});

property(
  "logText() never tells more bytes than its limit, and nothing after what it cut",
  [fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 8 }), fc.integer({ min: 1, max: 60 })],
  (texts, limitBytes) => {
    const all = texts.map((text, index) => ({ number: index + 1, atMs: 0, stream: "stdout" as const, text }));
    const limited = logText({ limitBytes }, clock);
    const told = limited.of(all.slice(0, 3)) + limited.of(all.slice(3));
    const whole = texts.map((text) => `${text}\n`).join("");
    assert.ok(whole.startsWith(told));
    const bytes = new TextEncoder().encode(told).length;
    assert.ok(bytes <= limitBytes);
    assert.ok(told === whole || (limited.isFull() && bytes > limitBytes - 4));
  },
);
