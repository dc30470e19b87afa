import { assert, fc, property, test } from "../../properties/house/test.ts";
import { type Duration, durationMs, tellMs } from "./duration.ts";

test("durationMs() reads every unit", () => {
  const read = (["250ms", "90s", "5m", "1.5h", "0s"] as const).map(durationMs);
  assert.deepEqual(read, [250, 90_000, 300_000, 5_400_000, 0]);
});

property("durationMs() refuses what is no duration", [fc.string()], (text) => {
  fc.pre(!/^\d+(\.\d+)?(ms|s|m|h)$/.test(text));
  assert.throws(() => durationMs(text as Duration), /^Error: Cannot read the duration/);
});

test("tellMs() rounds to tenths before it carries", () => {
  assert.deepEqual([0, 149, 59_949, 59_951, 250_000].map(tellMs), [
    "0.0 s",
    "0.1 s",
    "59.9 s",
    "1 min 0.0 s",
    "4 min 10.0 s",
  ]);
});
