import { loadMutated } from "../engine/load_mutated.ts";
import { assert, isLong, test } from "../house/test.ts";
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

test("explore() finds a Raft that votes for whoever asks, and tells what happened", async () => {
  const mutated = await loadMutated<typeof worlds>(votesForTheLate, "properties/exhaustive/raft_of_three.ts");
  const { found } = explore(mutated.raftOfThree({ timeouts: 1, crashes: 0, proposals: 1 }));
  assert.match(found?.details ?? "", /Leader completeness/);
  assert.equal(found?.path.filter((each) => each.startsWith("timeout")).length, 1);
});
