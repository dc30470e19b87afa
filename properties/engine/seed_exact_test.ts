import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundlePrograms } from "../../runtime/build/program_bundle.ts";
import { createHash } from "../../runtime/core/journal.ts";
import { assert, isLong, test } from "../house/test.ts";
import { prepareTraffic } from "../traffic/prepare.ts";
import { runCampaign } from "./campaign.ts";
import { perform } from "./perform.ts";
import { performRun } from "./run.ts";
import { definitionOf, runOf, type SearchJob } from "./search.ts";

/** All the strange places, and some that are alike. */
const processesMax = isLong ? 20 : 6;
const sideBySideMax = 2;
const job: SearchJob = { campaignSeed: 20, index: 6 };
const script = fileURLToPath(new URL("./run_hash.ts", import.meta.url));
const execute = promisify(execFile);

/** What is different about one process. */
interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

async function hashInProcess(
  bundle: string,
  { env = {}, flags = [] }: Surroundings,
  { campaignSeed, index, suite }: SearchJob = job,
): Promise<string> {
  const args = [...flags, bundle, String(campaignSeed), String(index), "1", ...(suite ? [suite] : [])];
  const { stdout } = await execute(process.execPath, args, { env: { ...process.env, ...env } });
  return stdout.trim();
}

/** Bundled once: processes that each compile everything would take longer than what they do. */
async function bundled(): Promise<string> {
  return (await bundlePrograms([script])).fileOf(script);
}

/** Places where something might be different; the other processes are all alike. */
const strange: readonly Surroundings[] = [
  { env: { TZ: "Asia/Tokyo", LANG: "ja_JP.UTF-8", LC_ALL: "ja_JP.UTF-8" } },
  { env: { TZ: "America/St_Johns", NODE_ENV: "production" } },
  { flags: ["--max-old-space-size=96"] },
  { flags: ["--max-old-space-size=2048", "--max-semi-space-size=1"] },
  { flags: ["--random-seed=7", "--hash-seed=9"] },
];

test(`performRun() gives one hash in ${processesMax} processes, whatever their time zone, locale and memory`, async () => {
  const bundle = await bundled();
  const expected = performRun(definitionOf(job)).hash;
  const places = Array.from({ length: processesMax }, (_each, index): Surroundings => strange[index] ?? {});
  const hashes: string[] = [];
  const lane = async () => {
    for (let place = places.shift(); place; place = places.shift()) hashes.push(await hashInProcess(bundle, place));
  };
  await Promise.all(Array.from({ length: sideBySideMax }, lane));
  assert.deepEqual(
    hashes,
    Array.from({ length: processesMax }, () => expected),
  );
});

test("performRun() gives one hash for a run with traffic in other processes, time zones and languages", async () => {
  const traffic: SearchJob = { campaignSeed: 20, index: 3, suite: "traffic" };
  await prepareTraffic();
  const expected = perform(runOf(traffic)).hash;
  const bundle = await bundled();
  for (const place of strange.slice(0, 3)) assert.equal(await hashInProcess(bundle, place, traffic), expected);
  assert.equal(perform(runOf(traffic)).hash, expected);
});

test("performRun() gives one hash however often it is called in one process", () => {
  const hashes = Array.from({ length: isLong ? 5 : 2 }, () => performRun(definitionOf(job)).hash);
  assert.deepEqual(new Set(hashes).size, 1);
});

test("performRun() gives different hashes for different seeds", () => {
  const definition = definitionOf(job);
  assert.notEqual(performRun({ ...definition, seed: definition.seed + 1 }).hash, performRun(definition).hash);
});

test("a campaign's workers perform the very runs that this process performs", async () => {
  await prepareTraffic();
  const { hash } = await runCampaign({ runs: 2, seed: 20, workers: 1 });
  const expected = createHash();
  for (const index of [0, 1]) expected.text(performRun(definitionOf({ campaignSeed: 20, index })).hash);
  assert.equal(hash, expected.hex());
});
