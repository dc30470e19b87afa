import { assert, fc, property, test } from "../../properties/house/test.ts";
import { createExpectations } from "./expectations.ts";

test("createExpectations() is satisfied when nothing is expected, and when all was seen", () => {
  const expectations = createExpectations();
  assert.ok(expectations.satisfied("rs", 0));
  expectations.expect("rs", { creations: 2, deletions: ["a"] }, 0);
  assert.ok(!expectations.satisfied("rs", 1));
  expectations.creationObserved("rs");
  expectations.creationObserved("rs");
  assert.ok(!expectations.satisfied("rs", 1));
  expectations.deletionObserved("rs", "a");
  assert.ok(expectations.satisfied("rs", 1));
});

test("createExpectations() counts the deletion of one object once", () => {
  const expectations = createExpectations();
  expectations.expect("rs", { creations: 0, deletions: ["a", "b"] }, 0);
  expectations.deletionObserved("rs", "a");
  expectations.deletionObserved("rs", "a");
  expectations.deletionObserved("rs", "unexpected");
  assert.ok(!expectations.satisfied("rs", 1));
});

test("createExpectations() gives up after five minutes", () => {
  const expectations = createExpectations();
  expectations.expect("rs", { creations: 1, deletions: [] }, 1_000);
  assert.ok(!expectations.satisfied("rs", 300_999));
  assert.ok(expectations.satisfied("rs", 301_000));
});

property(
  "createExpectations() is satisfied exactly when as many creations and all deletions were seen, in any order",
  [
    fc.nat(5),
    fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 }),
    fc.array(fc.constantFrom("", "a", "b", "c", "d"), { maxLength: 12 }),
  ],
  (creations, deletions, seen) => {
    const expectations = createExpectations();
    expectations.expect("rs", { creations, deletions }, 0);
    expectations.expect("other", { creations: 1, deletions: [] }, 0);
    for (const each of seen) {
      if (each === "") expectations.creationObserved("rs");
      else expectations.deletionObserved("rs", each);
    }
    const created = seen.filter((each) => each === "").length >= creations;
    const deleted = deletions.every((each) => seen.includes(each));
    assert.equal(expectations.satisfied("rs", 1), created && deleted);
    assert.ok(!expectations.satisfied("other", 1));
  },
);
