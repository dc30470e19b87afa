import { assert, test } from "../../properties/house/test.ts";
import { compareInt64, parseInt64 } from "./int64.ts";

test("parseInt64() reads what Go's ParseInt reads in base 10", () => {
  assert.equal(parseInt64("+16"), 16n);
  assert.equal(parseInt64("-007"), -7n);
  assert.equal(parseInt64("9223372036854775807"), 2n ** 63n - 1n);
  assert.equal(parseInt64("-9223372036854775808"), -(2n ** 63n));
  for (const text of ["", "+", "5.5", "0x10", "1e3", "1_000", " 1", "9223372036854775808", "-9223372036854775809"]) {
    assert.equal(parseInt64(text), undefined, text);
  }
});

test("compareInt64() compares numbers that a double cannot tell apart", () => {
  assert.equal(compareInt64("9007199254740993", "9007199254740992"), 1);
  assert.equal(compareInt64("8", "08"), 0);
  assert.equal(compareInt64("-1", "1"), -1);
  assert.equal(compareInt64("0x10", "5"), undefined);
});
