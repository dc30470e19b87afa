import { loadMutated } from "../engine/load_mutated.ts";
import { assert, isLong, test } from "../house/test.ts";
import { missedDeletionsKept } from "../mutations/missed_deletions_kept.ts";
import { relistGoesBack } from "../mutations/relist_goes_back.ts";
import { watchFromItsList } from "../mutations/watch_from_its_list.ts";
import { explore } from "./explore.ts";
import * as worlds from "./informer_and_servers.ts";

/** What a short test can try out; the long one takes the larger world. */
const bounds = isLong ? { writes: 3, breaks: 2, compactions: 1 } : { writes: 2, breaks: 1, compactions: 0 };

test("explore() tries all that an informer and its servers can come to within bounds, and finds nothing wrong", () => {
  const { isComplete, found, states, spared } = explore(worlds.informerAndServers(bounds));
  assert.deepEqual([isComplete, found], [true, undefined]);
  assert.ok(states > 200 && spared > 200, `${states} states, ${spared} spared`);
});

const within = { writes: 2, breaks: 1, compactions: 1 };
const hunts = [
  [relistGoesBack, /^The mirror goes back|goes back: it is told at/],
  [watchFromItsList, /^The mirror has .* where it was told of all up to/],
  [missedDeletionsKept, /^The mirror has .* where it was told of all up to/],
] as const;

for (const [mutation, broken] of hunts) {
  test(`explore() finds ${mutation.name}, and tells what happened`, async () => {
    const mutated = await loadMutated<typeof worlds>(mutation, "properties/exhaustive/informer_and_servers.ts");
    const { found } = explore(mutated.informerAndServers(within));
    assert.match(found?.details ?? "nothing", broken);
  });
}
