import { assert, test } from "../../../properties/house/test.ts";
import { logBook } from "./log_book.ts";

const line = (text: string, atMs = 0) => ({ atMs, stream: "stdout" as const, text });
const numbers = (lines: readonly { readonly number: number }[]) => lines.map(({ number }) => number);

test("logBook() reads on from a place, and the newest so many", () => {
  const log = logBook();
  assert.deepEqual(log.read(0, 10), []);
  assert.deepEqual(log.read(0, 10, 5), []);
  for (let index = 1; index <= 25_500; index++) log.write(line(`line ${index}`, index));
  assert.equal(log.read(0, 1_000_000).length, 25_500);
  assert.deepEqual(log.read(15_500, 1), [{ number: 15_501, atMs: 15_501, stream: "stdout", text: "line 15501" }]);
  assert.deepEqual(numbers(log.read(25_497, 2)), [25_498, 25_499]);
  assert.deepEqual(log.read(25_500, 10), []);
  assert.deepEqual(log.read(99_999, 10), []);
  assert.deepEqual(numbers(log.read(0, 10, 3)), [25_498, 25_499, 25_500]);
  assert.deepEqual(numbers(log.read(0, 2, 3)), [25_498, 25_499]);
  assert.deepEqual(numbers(log.read(25_499, 10, 3)), [25_500]);
  assert.deepEqual(log.read(0, 10, 0), []);
  assert.equal(log.read(0, 1_000_000, 1_000_000).length, 25_500);
});

test("logBook() keeps 10 MiB, counted as a kubelet counts them, and drops the oldest tenth of that", () => {
  const log = logBook();
  // With what stands before it in a file each takes a KiB; the letters take two bytes each.
  const text = `${"ä".repeat(491)}x`;
  const kept = 10 * 1024;
  for (let index = 1; index <= kept; index++) log.write(line(text));
  assert.equal(log.read(0, 1_000_000).length, kept);
  log.write(line(text));
  const left = log.read(0, 1_000_000);
  assert.equal(left.length, kept * 0.9);
  assert.equal(left[0]?.number, kept * 0.1 + 2);
  assert.equal(left.at(-1)?.number, kept + 1);
  assert.deepEqual(numbers(log.read(0, 1)), [kept * 0.1 + 2]);
  log.write(line("y".repeat(20 * 1024 * 1024)));
  assert.deepEqual(numbers(log.read(0, 10)), [kept + 2]);
  log.write(line("z"));
  assert.deepEqual(numbers(log.read(0, 10)), [kept + 3]);
});

test("logBook() keeps 100,000 lines at most, however short they are", () => {
  const log = logBook();
  for (let index = 1; index <= 100_000; index++) log.write(line(""));
  assert.equal(log.read(0, 1_000_000).length, 100_000);
  log.write(line(""));
  assert.deepEqual([log.read(0, 1)[0]?.number, log.read(0, 1_000_000).length], [10_002, 90_000]);
});
