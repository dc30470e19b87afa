import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../house/test.ts";
import { progressToldAhead } from "../mutations/progress_told_ahead.ts";
import type { StoreRun } from "../suites/store/run.ts";
import { replayFile, runCampaign } from "./campaign.ts";
import { everySuite, mixedSuite } from "./campaign_suites.ts";
import { perform } from "./perform.ts";
import { performerWith } from "./performers.ts";
import { decodeReplay, encodeReplay } from "./replay_file.ts";
import { runOf, searchOne } from "./search.ts";

const suite = "store";

test("a campaign of the store suite breaks no rule", () => {
  for (let index = 0; index < 10; index++) {
    assert.equal(perform(runOf({ campaignSeed: 4, index, suite })).violation, undefined, `run ${index}`);
  }
});

test("perform() gives one hash for a store run, with and without journal and frozen messages", () => {
  const run = runOf({ campaignSeed: 6, index: 1, suite });
  const { hash } = perform(run);
  assert.equal(perform(run, { journalMax: 50, freeze: true }).hash, hash);
  assert.equal(perform(run, { freeze: false }).hash, hash);
  assert.notEqual(perform({ ...run, seed: run.seed + 1 }).hash, hash);
});

test("searchOne() shrinks what breaks a rule of the store suite, to a run that plays again from its file", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const { name: mutation, found: hunt } = progressToldAhead;
  assert.ok("properties" in hunt);
  const mutated = await performerWith(mutation);
  const { found } = mutated.searchOne({ campaignSeed: hunt.campaignSeed, index: 0, mutation, suite, shrinksMax: 30 });
  assert.ok(found);
  assert.equal(found.violation.property, "watches tell what was");
  assert.ok(found.definition.workload.length < 12, "it was not shrunk");
  const file = join(folder, "counterexample.json");
  await writeFile(file, encodeReplay(found));
  const { isIdentical, narration } = await replayFile(file);
  assert.ok(isIdentical);
  assert.match(narration.join("\n"), /A group of \d store replicas.*VIOLATION: watches tell what was/s);
});

test("runOf() knows all suites, and says which there are when it is asked for another", () => {
  for (const each of [
    "cluster",
    "traffic",
    "apiserver",
    "readers",
    "scheduler",
    "controllers",
    "kubelet",
    everySuite,
    mixedSuite,
  ]) {
    assert.ok(runOf({ campaignSeed: 1, index: 0, suite: each }).healAtMs > 0);
  }
  assert.throws(() => runOf({ campaignSeed: 1, index: 0, suite: "stage" }), /none, use one of cluster, .*store, all/);
  const strange = JSON.stringify({ format: "kubetroupe-run", version: 1, hash: "", definition: { suite: "stage" } });
  assert.throws(() => decodeReplay(strange, "strange.json"), /Cannot replay strange.json: /);
});

test("runOf() draws what it is told: faults of some kinds, a store of a size; a rule that is looked for alone counts", () => {
  const options = { campaignSeed: 6, suite, faults: ["crash" as const], shape: { stores: 5 as const } };
  const runs = Array.from({ length: 12 }, (_each, index) => runOf({ ...options, index }));
  assert.ok(runs.some(({ faults }) => faults.length > 0));
  assert.ok(runs.every(({ faults }) => faults.every(({ kind }) => kind === "crash")));
  assert.ok(runs.every((run) => (run as StoreRun).stores === 5));
  const cluster = runOf({ campaignSeed: 6, index: 0, shape: { nodes: 2, stores: 1 } });
  assert.deepEqual("topology" in cluster && [cluster.topology.nodes, cluster.topology.stores], [2, 1]);
});

test("runCampaign() ends with the first run that breaks the rule, whichever worker was faster", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const { name: mutation, found } = progressToldAhead;
  assert.ok("properties" in found);
  const options = { runs: 40, seed: found.campaignSeed, workers: 2, suite, folder, mutation, shrinksMax: 0 };
  const first = await runCampaign({ ...options, stopAtFirst: true });
  assert.deepEqual([first.runs, first.violations.length, (await readdir(folder)).length], [1, 1, 1]);
  const mutated = await performerWith(mutation);
  const job = { campaignSeed: found.campaignSeed, index: 0, suite, mutation, shrinksMax: 0 };
  assert.equal(mutated.searchOne({ ...job, property: "Raft is safe" }).found, undefined);
  assert.ok(mutated.searchOne({ ...job, property: "watches tell what was" }).found);
});

test("searchOne() notes what a run comes to where it is asked to, and the run is the same", () => {
  const job = { campaignSeed: 6, index: 1, suite };
  const [plain, noted] = [searchOne(job), searchOne({ ...job, coverage: true })];
  assert.deepEqual([noted.hash, plain.reached], [plain.hash, undefined]);
  assert.ok(noted.reached?.includes("state store running.leader.serving"), noted.reached?.join("\n"));
  assert.ok(noted.reached?.some((each) => each.startsWith("move store ")));
  const kinds = runOf(job).faults.map(({ kind }) => kind);
  assert.ok(noted.reached?.some((each) => kinds.some((kind) => each.startsWith(`fault ${kind} store `))));
});
