import { createHash } from "../../runtime/core/journal.ts";
import { assert, test } from "../house/test.ts";
import { trialsAreDone } from "../mutations/trials_are_done.ts";
import type { ApiServerRun } from "../suites/apiserver/run.ts";
import { runCampaign } from "./campaign.ts";
import { perform } from "./perform.ts";
import { performerWith } from "./performers.ts";
import { runOf, type SearchResult } from "./search.ts";

const suite = "apiserver";

test("a campaign of the apiserver suite performs, with two workers, the very runs of this process, and breaks no rule", async () => {
  const { hash, violations } = await runCampaign({ runs: 12, seed: 4, workers: 2, suite });
  const expected = createHash();
  for (let index = 0; index < 12; index++) expected.text(perform(runOf({ campaignSeed: 4, index, suite })).hash);
  assert.equal(hash, expected.hex());
  assert.deepEqual(violations, []);
});

test("runOf() draws all that clients of the apiserver suite can do, in every folder", () => {
  const runs = Array.from({ length: 100 }, (_each, index) => runOf({ campaignSeed: 4, index, suite }) as ApiServerRun);
  const ops = new Set(runs.flatMap(({ workload }) => workload.map(({ op }) => op)));
  assert.deepEqual([...ops].sort(), [
    "apply",
    "bind",
    "create",
    "delete",
    "deleteAll",
    "evict",
    "get",
    "list",
    "patch",
    "scale",
    "update",
    "watch",
  ]);
  const places = runs.flatMap(({ workload }) => workload.flatMap((each) => ("folder" in each ? [each.folder] : [])));
  assert.equal(new Set(places).size, 7);
  const hooks = runs.flatMap((run) => run.hooks ?? []);
  assert.ok(hooks.some(({ spells }) => spells.length > 0));
  assert.deepEqual([...new Set(hooks.map(({ failurePolicy }) => failurePolicy))].sort(), ["Fail", "Ignore"]);
});

test("searchOne() finds trials that are done in the apiserver suite, and plays what is left of the run again", async () => {
  const { name: mutation } = trialsAreDone;
  const { searchOne, performRun } = await performerWith(mutation);
  let found: SearchResult["found"];
  let index = -1;
  while (!found && ++index < 100) {
    found = searchOne({ campaignSeed: 5, index, mutation, suite, shrinksMax: 30 }).found;
  }
  assert.ok(found);
  const drawn = runOf({ campaignSeed: 5, index, suite });
  assert.ok(found.definition.workload.length < drawn.workload.length, "it was not shrunk");
  const again = performRun(found.definition);
  assert.deepEqual([again.hash, again.violation], [found.hash, found.violation]);
});
