import { assert, test } from "../../properties/house/test.ts";
import { createBoundedTexts } from "./bounded_texts.ts";

test("createBoundedTexts() tells of all that is short, and counts what an answer has no room for", () => {
  const few = createBoundedTexts();
  for (const text of ["a", "b"]) few.push(text);
  assert.deepEqual(few.all(), ["a", "b"]);
  const many = createBoundedTexts();
  for (let left = 1_000; left > 0; left--) many.push("x".repeat(100_000));
  assert.deepEqual([many.all().length, many.all().at(-1)], [4, "and 997 more"]);
});
