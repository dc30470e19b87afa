import { assert, test } from "../house/test.ts";
import { expectationsIgnored } from "../mutations/expectations_ignored.ts";
import type { ControllersRun } from "../suites/controllers/run.ts";
import { loopsFor } from "../suites/controllers/run.ts";
import { perform } from "./perform.ts";
import { performerWith } from "./performers.ts";
import { runOf, type SearchResult } from "./search.ts";

const suite = "controllers";

test("a campaign of the controllers suite breaks no rule", () => {
  for (let index = 0; index < 12; index++) {
    assert.equal(perform(runOf({ campaignSeed: 4, index, suite })).violation, undefined, `run ${index}`);
  }
});

test("runOf() draws all of the loops that the controllers suite has a stage for", () => {
  const runs = Array.from(
    { length: 200 },
    (_each, index) => runOf({ campaignSeed: 4, index, suite }) as ControllersRun,
  );
  const loops = [...new Set(runs.flatMap(({ workload }) => loopsFor(workload)))].sort();
  assert.deepEqual(loops, [
    ...["cron-job", "daemon-set", "deployment", "disruption", "endpoint-slice", "endpoints"],
    ...["horizontal-pod-autoscaler", "job", "replica-set"],
    ...["replication-controller", "stateful-set", "ttl-after-finished"],
  ]);
});

test("searchOne() finds pods too many in the controllers suite, and plays what is left of the run again", async () => {
  const { name: mutation } = expectationsIgnored;
  const { searchOne, performRun } = await performerWith(mutation);
  let found: SearchResult["found"];
  for (let index = 0; !found && index < 200; index++) {
    found = searchOne({ campaignSeed: 5, index, mutation, suite, shrinksMax: 30 }).found;
  }
  assert.ok(found);
  const again = performRun(found.definition);
  assert.deepEqual([again.hash, again.violation], [found.hash, found.violation]);
});
