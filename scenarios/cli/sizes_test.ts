import { assert, test } from "../../properties/house/test.ts";
import { eventTtl, memorySize, storeHistory } from "./sizes.ts";

test("memorySize() reads quantities, and says what to give instead of what is none", () => {
  assert.deepEqual(["4Gi", "800M", "1073741824"].map(memorySize), [4 * 1024 ** 3, 800e6, 1024 ** 3]);
  for (const text of ["", "much", "-1Gi", "0"]) assert.throws(() => memorySize(text), /such as 4Gi/);
});

test("eventTtl() reads durations in seconds, and says what to give instead of what is none", () => {
  assert.deepEqual(["90s", "30m", "1h"].map(eventTtl), [90, 1_800, 3_600]);
  for (const text of ["", "1", "0s", "h", "1d"]) assert.throws(() => eventTtl(text), /such as 90s/);
});

test("storeHistory() reads revisions and durations, and nothing else", () => {
  assert.deepEqual(storeHistory("5000"), { revisions: 5_000 });
  assert.deepEqual(storeHistory("30m"), { ageMs: 1_800_000 });
  for (const text of ["", "0", "0s", "-1", "1.5h", "5000 revisions"]) {
    assert.throws(() => storeHistory(text), /give a number of revisions such as 5000, or a duration/);
  }
});
