import { assert, fc, property, test } from "../../../../properties/house/test.ts";
import {
  countCommonIndexes,
  countIndexes,
  formatIndexes,
  hasIndex,
  indexSetOf,
  joinIndexes,
  missingIndexes,
  parseIndexes,
} from "./index_set.ts";

test("formatIndexes() writes two neighbours with a comma and more with a hyphen", () => {
  assert.equal(formatIndexes(indexSetOf([7, 1, 3, 4, 5])), "1,3-5,7");
  assert.equal(formatIndexes(indexSetOf([0, 1])), "0,1");
  assert.equal(formatIndexes([]), "");
});

test("parseIndexes() leaves out what a Job does not have, and what is no index", () => {
  assert.equal(formatIndexes(parseIndexes("1,3-9,12", 6)), "1,3-5");
  assert.equal(formatIndexes(parseIndexes("0,x,2-", 6)), "0");
  assert.deepEqual(parseIndexes("", 6), []);
});

const indexes = fc.uniqueArray(fc.nat(30));

property("index sets are sets of numbers", [indexes, indexes, fc.nat(10)], (left, right, count) => {
  const [a, b] = [indexSetOf(left), indexSetOf(right)];
  const both = new Set([...left, ...right]);
  const all = Array.from({ length: 40 }, (_, index) => index);
  const joined = joinIndexes(a, b);
  assert.deepEqual(
    all.filter((index) => hasIndex(joined, index)),
    all.filter((index) => both.has(index)),
  );
  assert.equal(countIndexes(joined), both.size);
  assert.equal(countCommonIndexes(a, b), left.filter((index) => right.includes(index)).length);
  assert.deepEqual(parseIndexes(formatIndexes(joined), 40), joined);
  const missing = all.filter((index) => !both.has(index)).slice(0, count);
  assert.deepEqual(missingIndexes(joined, { completions: 40, count }), missing);
});
