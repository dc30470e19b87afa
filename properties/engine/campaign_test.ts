import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { assert, isLong, test } from "../house/test.ts";
import { readyBeforeStarted } from "../mutations/ready_before_started.ts";
import { type CampaignProgress, replayFile, runCampaign } from "./campaign.ts";

async function folderFor(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("runCampaign() gives the same hash with one worker and with two, and tells how far it is", async (context) => {
  const folder = await folderFor(context);
  const told: CampaignProgress[] = [];
  const runs = 4;
  // Whole clusters take long; that workers perform the very runs of this process is seen of them elsewhere.
  const options = { runs, seed: 9, suite: isLong ? "all" : "store", folder };
  const one = await runCampaign({ ...options, workers: 1 }, (progress) => told.push(progress));
  const two = await runCampaign({ ...options, workers: 2 });
  assert.equal(one.hash, two.hash);
  assert.equal(one.events, two.events);
  assert.deepEqual(
    told.map(({ done, runs }) => `${done} of ${runs}`),
    Array.from({ length: runs }, (_each, index) => `${index + 1} of ${runs}`),
  );
  assert.deepEqual([one.violations, await readdir(folder)], [[], []]);
});

test("runCampaign() writes each violation to a file that plays again identically", async (context) => {
  const folder = join(await folderFor(context), "found");
  const { name: mutation, found } = readyBeforeStarted;
  assert.ok("properties" in found);
  const { campaignSeed, properties } = found;
  const options = { runs: 2, seed: campaignSeed, workers: 1, folder, mutation, shrinksMax: 5 };
  const { violations } = await runCampaign(options);
  const [first] = violations;
  assert.ok(first, "nothing was found");
  assert.ok(properties.includes(first.property));
  assert.deepEqual(
    await readdir(folder),
    violations.map(({ file }) => file.slice(folder.length + 1)),
  );
  const { isIdentical, violation, narration } = await replayFile(first.file);
  assert.equal(isIdentical, true);
  assert.equal(violation?.property, first.property);
  assert.ok(narration.some((line) => line.includes(`VIOLATION: ${first.property}`)));
});

test("runCampaign() begins no further run once it is aborted, or out of time", async (context) => {
  const folder = await folderFor(context);
  const abort = new AbortController();
  const options = { runs: 50, seed: 9, suite: "store", workers: 1, folder };
  const aborted = await runCampaign({ ...options, signal: abort.signal }, () => abort.abort());
  assert.equal(aborted.runs, 1);
  const late = await runCampaign({ ...options, timeMs: 0 });
  assert.equal(late.runs, 0);
});

test("replayFile() refuses a file that is not there, or is no run, and says which", async (context) => {
  const folder = await folderFor(context);
  await assert.rejects(replayFile(join(folder, "none.json")), /none\.json/);
  const broken = join(folder, "broken.json");
  await writeFile(broken, "{");
  await assert.rejects(replayFile(broken), /Cannot replay .*broken\.json/);
});
