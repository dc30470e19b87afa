import { assert, test } from "../../../properties/house/test.ts";
import { shownWarnings } from "./respond.ts";

test("shownWarnings() has each warning once, and of many long ones the beginnings of the first", () => {
  assert.deepEqual(shownWarnings(["a", "", "b", "a"]), ["a", "b"]);
  const long = Array.from({ length: 1_000 }, (_none, index) => `${index} ${"x".repeat(300)}`);
  const shown = shownWarnings(long);
  assert.equal(shown.length, 16);
  for (const [index, text] of shown.entries()) assert.equal(text, long[index]?.slice(0, 256));
});
