import { assert, test } from "../../properties/house/test.ts";
import { createAsks } from "./asks.ts";

test("createAsks() hands each answer once to whoever waits for it", () => {
  const asks = createAsks<number>();
  const heard: unknown[] = [];
  for (const ask of [1, 2]) asks.wait<string>(ask, (answer, at) => void heard.push([ask, answer, at]));
  assert.equal(asks.size, 2);
  assert.equal(asks.replied({ ask: 2, body: "b" }, 10), true);
  assert.equal(asks.replied({ ask: 2, body: "b" }, 11), false);
  assert.equal(asks.failed({ ask: 1, reason: "timeout" }, 12), true);
  assert.equal(asks.failed({ ask: 1, reason: "timeout" }, 13), false);
  assert.deepEqual(heard, [
    [2, { ok: true, value: "b" }, 10],
    [1, { ok: false, failure: "timeout" }, 12],
  ]);
  assert.equal(asks.size, 0);
});

test("replied() lets whoever gets an answer ask again at once", () => {
  const asks = createAsks<undefined>();
  asks.wait(1, () => asks.wait(2, () => {}));
  asks.replied({ ask: 1, body: undefined }, undefined);
  assert.equal(asks.size, 1);
});

test("clear() forgets who waits", () => {
  const asks = createAsks<undefined>();
  asks.wait(1, () => assert.fail("nobody waits any more"));
  asks.clear();
  assert.equal(asks.replied({ ask: 1, body: undefined }, undefined), false);
});
