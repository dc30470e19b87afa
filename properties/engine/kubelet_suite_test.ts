import { createHash } from "../../runtime/core/journal.ts";
import { assert, test } from "../house/test.ts";
import { runsNotAdopted } from "../mutations/runs_not_adopted.ts";
import type { KubeletRun } from "../suites/kubelet/run.ts";
import { runCampaign } from "./campaign.ts";
import { perform } from "./perform.ts";
import { performerWith } from "./performers.ts";
import { runOf, type SearchResult } from "./search.ts";

const suite = "kubelet";
const drawn = (count: number) =>
  Array.from({ length: count }, (_each, index) => runOf({ campaignSeed: 4, index, suite }) as KubeletRun);

test("a campaign of the kubelet suite performs, with two workers, the very runs of this process, and breaks no rule", async () => {
  const { hash, violations } = await runCampaign({ runs: 12, seed: 4, workers: 2, suite });
  const expected = createHash();
  for (const run of drawn(12)) expected.text(perform(run).hash);
  assert.equal(hash, expected.hex());
  assert.deepEqual(violations, []);
});

test("perform() gives one hash for a run of kubelets, with and without journal and frozen messages", () => {
  const run = runOf({ campaignSeed: 6, index: 1, suite });
  const { hash } = perform(run);
  assert.equal(perform(run, { journalMax: 50, freeze: true }).hash, hash);
  assert.equal(perform(run, { freeze: false }).hash, hash);
});

test("runOf() draws for kubelets all sorts of containers, of what users do, and of what goes wrong", () => {
  const runs = drawn(200);
  const words = JSON.stringify(runs);
  for (const word of [
    ...["initContainers", "ephemeralContainers", "startupProbe", "livenessProbe", "readinessProbe", "preStop"],
    ...["postStart", "configMap", "secretName", "serviceAccountToken", "claimName", "readinessGates", "hostPort"],
    ...["activeDeadlineSeconds", "OnFailure", "missing/one:1", "finalizers", "Evicted", "resizePolicy"],
  ]) {
    assert.ok(words.includes(`"${word}"`), `no run has ${word}`);
  }
  const kinds = new Set(runs.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  for (const kind of ["crash", "lag", "lostAnswer", "partition", "slowDevice"] as const)
    assert.ok(kinds.has(kind), kind);
  assert.ok(runs.some(({ manifests = [] }) => manifests.some(({ pod }) => pod) && manifests.some(({ pod }) => !pod)));
  for (const field of ["lapses", "refusals", "failures"] as const) assert.ok(runs.some((run) => run[field].length > 0));
});

test("searchOne() finds containers that run twice in the kubelet suite, and plays what is left of the run again", async () => {
  const { name: mutation } = runsNotAdopted;
  const { searchOne, performRun } = await performerWith(mutation);
  let found: SearchResult["found"];
  for (let index = 0; !found && index < 100; index++) {
    found = searchOne({ campaignSeed: 5, index, mutation, suite, shrinksMax: 20 }).found;
  }
  assert.ok(found);
  const again = performRun(found.definition);
  assert.deepEqual([again.hash, again.violation], [found.hash, found.violation]);
});
