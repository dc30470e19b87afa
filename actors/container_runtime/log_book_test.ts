import { assert, test } from "../../properties/test.ts";
import { logBook } from "./log_book.ts";

test("logBook() keeps the newest 10,000 lines, and reads on from a place", () => {
  const log = logBook();
  assert.deepEqual(log.read(0, 10), []);
  for (let index = 1; index <= 25_500; index++) log.write({ atMs: index, stream: "stdout", text: `line ${index}` });
  const all = log.read(0, 100_000);
  assert.equal(all.length, 10_000);
  assert.deepEqual(all[0], { number: 15_501, atMs: 15_501, stream: "stdout", text: "line 15501" });
  assert.equal(all.at(-1)?.number, 25_500);
  assert.deepEqual(
    log.read(25_497, 2).map(({ number }) => number),
    [25_498, 25_499],
  );
  assert.deepEqual(log.read(25_500, 10), []);
  assert.deepEqual(log.read(99_999, 10), []);
});
