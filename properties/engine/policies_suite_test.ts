import { assert, test } from "../house/test.ts";
import { podsBeginUnheard } from "../mutations/pods_begin_unheard.ts";
import { perform } from "./perform.ts";
import { performerWith } from "./performers.ts";
import { runOf, type SearchResult } from "./search.ts";

const suite = "policies";

test("a campaign of the policies suite breaks no rule", () => {
  for (let index = 0; index < 24; index++) {
    assert.equal(perform(runOf({ campaignSeed: 4, index, suite })).violation, undefined, `run ${index}`);
  }
});

test("searchOne() finds pods that begin before their node knows of their policies, and plays what is left of the run again", async () => {
  const { name: mutation } = podsBeginUnheard;
  const { searchOne, performRun } = await performerWith(mutation);
  let found: SearchResult["found"];
  for (let index = 0; !found && index < 50; index++) {
    found = searchOne({ campaignSeed: 5, index, mutation, suite, shrinksMax: 30 }).found;
  }
  assert.ok(found);
  const again = performRun(found.definition);
  assert.deepEqual([again.hash, again.violation], [found.hash, found.violation]);
});
