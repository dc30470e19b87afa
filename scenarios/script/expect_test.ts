import { assert, test } from "../../properties/house/test.ts";
import { ExpectationError, expect } from "./expect.ts";

test("expect() is silent when it is so", () => {
  expect(3).toBe(3);
  expect(Number.NaN).toBe(Number.NaN);
  expect({ a: [1] }).toEqual({ a: [1] });
  expect(3).toBeAtLeast(3);
  expect(3).toBeAtMost(3);
  expect(["a", "b"]).toContain("b");
  expect("abc").toContain("bc");
  expect("abc").toMatch(/^a/);
});

test("expect() says what was expected and what was seen when it is not", () => {
  const failures: readonly (readonly [body: () => void, message: string])[] = [
    [() => expect(2, "pods").toBe(3), "Expected pods to be 3, saw 2"],
    [
      () => expect({ b: 1, a: 2 }).toEqual({ b: 1, a: 3 }),
      "Expected the value to equal { a: 3, b: 1 }, saw { a: 2, b: 1 }",
    ],
    [() => expect(2).toBeAtLeast(3), "Expected the value to be at least 3, saw 2"],
    [() => expect(4).toBeAtMost(3), "Expected the value to be at most 3, saw 4"],
    [() => expect(Number.NaN).toBeAtLeast(0), "Expected the value to be at least 0, saw NaN"],
    [() => expect(["a"], "names").toContain("b"), "Expected names to contain 'b', saw [ 'a' ]"],
    [() => expect("abc").toMatch(/^b/), "Expected the value to match /^b/, saw 'abc'"],
  ];
  for (const [body, message] of failures) {
    assert.throws(body, (error) => error instanceof ExpectationError && error.message === message);
  }
});
