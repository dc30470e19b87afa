import { assert, test } from "../house/test.ts";
import { huntedBugs, testedBugs } from "./bugs.ts";

test("huntedBugs() finds defects by their names and by the numbers of the real ones", () => {
  const names = (wanted?: string) => huntedBugs(wanted).map(({ name }) => name);
  assert.deepEqual(names("59848"), ["staleListAsFresh"]);
  assert.deepEqual(names("kubernetes 94437"), ["missedNodeDelete"]);
  assert.deepEqual(names("surgeIgnored"), ["surgeIgnored"]);
  assert.deepEqual(names("nonsense"), []);
  assert.ok(names().length >= 30);
});

test("testedBugs() names the tests of those that campaigns do not find", () => {
  const found = testedBugs().find(({ bugs }) => bugs.includes("etcd 18089"));
  assert.equal(found?.test, "actors/store/store_defects_test.ts");
  assert.equal(huntedBugs("18089").length, 0);
});
