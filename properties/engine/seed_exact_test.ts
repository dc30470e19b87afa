import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createHash } from "../../runtime/core/journal.ts";
import { assert, isLong, test } from "../house/test.ts";
import { bundledProgram } from "../stages/bundled_program.ts";
import { prepareTraffic } from "../traffic/prepare.ts";
import { mixedSuite } from "./campaign_suites.ts";
import { perform, stagedSuites } from "./perform.ts";
import { performInThreads } from "./performing.ts";
import { performRun } from "./run.ts";
import { definitionOf, runOf, type SearchJob, searchOne } from "./search.ts";

/** All the strange places, and in the long form some that are alike. */
const processesMax = isLong ? 20 : 2;
const sideBySideMax = 2;
const job: SearchJob = { campaignSeed: 20, index: 6 };
const withTraffic: SearchJob = { campaignSeed: 20, index: 3, suite: "traffic" };
const script = new URL("./run_hash.ts", import.meta.url);
const execute = promisify(execFile);

/** What comes of it in this process, performed once. */
const { hash: hashHere } = performRun(definitionOf(job));

/** What is different about one process. */
interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

async function hashesInProcess(
  bundle: string,
  { env = {}, flags = [] }: Surroundings,
  jobs: readonly SearchJob[],
): Promise<readonly string[]> {
  const words = jobs.flatMap(({ campaignSeed, index, suite = "" }) => [`${campaignSeed}`, `${index}`, "1", suite]);
  const { stdout } = await execute(process.execPath, [...flags, bundle, ...words], { env: { ...process.env, ...env } });
  return stdout.trim().split("\n");
}

/** Places where something might be different, each in all that it can be; the other processes are all alike. */
const strange: readonly Surroundings[] = [
  {
    env: { TZ: "Asia/Tokyo", LANG: "ja_JP.UTF-8", LC_ALL: "ja_JP.UTF-8" },
    flags: ["--max-old-space-size=96", "--random-seed=7", "--hash-seed=9"],
  },
  {
    env: { TZ: "America/St_Johns", NODE_ENV: "production" },
    flags: ["--max-old-space-size=2048", "--max-semi-space-size=1"],
  },
];

test(`performRun() gives one hash in ${processesMax} processes, whatever their time zone, locale and memory, with traffic, too`, async () => {
  await prepareTraffic();
  const trafficHere = perform(runOf(withTraffic)).hash;
  const bundle = await bundledProgram(script);
  const places = Array.from({ length: processesMax }, (_each, index): Surroundings => strange[index] ?? {});
  const lane = async () => {
    for (let place = places.shift(); place; place = places.shift()) {
      // What is strange about a place is so for all runs in it; those that are alike have the one.
      const isStrange = strange.includes(place);
      const hashes = await hashesInProcess(bundle, place, isStrange ? [job, withTraffic] : [job]);
      assert.deepEqual(hashes, isStrange ? [hashHere, trafficHere] : [hashHere], JSON.stringify(place));
    }
  };
  await Promise.all(Array.from({ length: sideBySideMax }, lane));
  assert.equal(perform(runOf(withTraffic)).hash, trafficHere);
});

test("performRun() gives one hash however often it is called in one process", () => {
  for (let again = 0; again < (isLong ? 5 : 1); again++) assert.equal(performRun(definitionOf(job)).hash, hashHere);
});

test("performRun() gives different hashes for different seeds", () => {
  const definition = definitionOf(job);
  assert.notEqual(performRun({ ...definition, seed: definition.seed + 1 }).hash, hashHere);
});

test("a campaign's worker performs the very runs that this process performs: of a mixed one a whole cluster's, and after it some of every smaller stage", async () => {
  await prepareTraffic();
  const mixed = { campaignSeed: 31, index: 1 };
  const expected = createHash();
  expected.text(searchOne(mixed).hash);
  for (const { name, besides } of stagedSuites) {
    for (let nth = 0; nth < besides; nth++) {
      expected.text(searchOne({ ...mixed, suite: name, index: besides + nth }).hash);
    }
  }
  await using performing = await performInThreads(1);
  const [result] = (await performing.perform({ job: { ...mixed, suite: mixedSuite }, count: 1 })) ?? [];
  assert.deepEqual([result?.hash, result?.index, result?.found], [expected.hex(), 1, undefined]);
});
