import { loadMutated } from "../engine/load_mutated.ts";
import { assert, isLong, test } from "../house/test.ts";
import { olderTermsHeeded } from "../mutations/older_terms_heeded.ts";
import { votesAgain } from "../mutations/votes_again.ts";
import { votesForTheLate } from "../mutations/votes_for_the_late.ts";
import { explore } from "./explore.ts";
import * as worlds from "./raft_of_three.ts";

/** What a short test can try out; the long one takes the larger world. */
const bounds = isLong ? { timeouts: 1, crashes: 0, proposals: 1 } : { timeouts: 1, crashes: 1, proposals: 0 };

test("explore() tries all that a Raft of three can come to within bounds, and finds nothing wrong", () => {
  const { isComplete, found, states, spared } = explore(worlds.raftOfThree(bounds));
  assert.deepEqual([isComplete, found], [true, undefined]);
  assert.ok(states > 300 && spared > 300, `${states} states, ${spared} spared`);
});

const hunts = [
  [votesForTheLate, { timeouts: 1, crashes: 0, proposals: 1 }, /^Leader completeness/],
  [olderTermsHeeded, { timeouts: 1, crashes: 0, proposals: 1 }, /^State-machine safety/],
  [votesAgain, { timeouts: 2, crashes: 0, proposals: 0 }, /^Election safety/],
] as const;

for (const [mutation, within, broken] of hunts) {
  test(`explore() finds ${mutation.name}, and tells what happened`, async () => {
    const mutated = await loadMutated<typeof worlds>(mutation, "properties/exhaustive/raft_of_three.ts");
    const { found } = explore(mutated.raftOfThree(within));
    assert.match(found?.details ?? "", broken);
    assert.equal(found?.path.filter((each) => each.startsWith("timeout")).length, within.timeouts);
  });
}
