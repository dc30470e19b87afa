import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { takeTemporaryFolder } from "../../scenarios/cluster/temporary_folder.ts";
import { assert, test } from "../house/test.ts";
import { runCampaign } from "./campaign.ts";
import { createCorpus } from "./corpus.ts";
import { readCorpus } from "./corpus_folder.ts";
import { runOf, type SearchJob, searchOne } from "./search.ts";

const runs = 24;
const job = { campaignSeed: 6, index: 0, suite: "store" };

async function guided(order: (index: number) => number): Promise<readonly SearchJob[]> {
  const corpus = createCorpus();
  const jobs: SearchJob[] = [];
  for (let from = 0; from < runs; from += 4) {
    const some = await Promise.all(
      [0, 1, 2, 3].map(async (nth) => {
        const plain = { ...job, index: from + nth };
        return { ...plain, guides: await corpus.guidesFor(plain) };
      }),
    );
    jobs.push(...some);
    for (const each of some.toSorted((a, b) => order(a.index) - order(b.index))) corpus.take(each, searchOne(each));
  }
  return jobs;
}

test("createCorpus() has every other run made from earlier ones, whoever of them was done sooner", async () => {
  const jobs = await guided((index) => index);
  assert.deepEqual(jobs, await guided((index) => -index));
  const made = jobs.filter(({ guides }) => guides?.length === 1).map(({ index }) => index);
  assert.deepEqual(made, [17, 19, 21, 23]);
  for (const each of jobs) {
    const { guides: _without, ...alone } = each;
    const isDrawn = JSON.stringify(runOf(each)) === JSON.stringify(runOf(alone));
    assert.equal(isDrawn, !made.includes(each.index));
  }
});

test("createCorpus() learns nothing from a run that came to nothing new, or that broke a rule", async () => {
  const corpus = createCorpus();
  const first = { ...job, guides: [] };
  const result = searchOne(first);
  assert.equal(corpus.take(first, result).length, 1);
  assert.equal(corpus.take({ ...first, index: 1 }, { ...result, index: 1 }).length, 0);
  const violation = { property: "it holds", details: "", atMs: 0 };
  const found = { definition: runOf(first), violation, hash: "", shrinks: 0 };
  const sights = result.sights?.map((each) => ({ ...each, reached: [1, 2] })) ?? [];
  assert.equal(corpus.take({ ...first, index: 2 }, { ...result, index: 2, found, sights }).length, 0);
  assert.equal(corpus.take({ ...first, index: 3 }, { ...result, index: 3, sights }).length, 1);
});

test("runCampaign() with a corpus has the same runs with one worker and with two, and begins with what is there", async () => {
  const [one, two] = [await takeTemporaryFolder(), await takeTemporaryFolder()];
  try {
    const options = { runs, seed: 6, suite: "store" };
    const first = await runCampaign({ ...options, corpus: one.folder, workers: 1 });
    const second = await runCampaign({ ...options, corpus: two.folder, workers: 2 });
    assert.equal(first.hash, second.hash);
    assert.deepEqual(first.corpus, second.corpus);
    const names = (await readdir(one.folder)).sort();
    assert.deepEqual(names, (await readdir(two.folder)).sort());
    assert.deepEqual(first.corpus, { before: 0, after: names.length });
    const again = await runCampaign({ ...options, runs: 2, corpus: one.folder, workers: 1 });
    assert.equal(again.corpus?.before, names.length);
    assert.notEqual(again.hash, (await runCampaign({ ...options, runs: 2, workers: 1 })).hash);

    const path = join(one.folder, names[0] ?? "");
    await writeFile(path, (await readFile(path, "utf8")).replace('"version":1', '"version":0'));
    await assert.rejects(
      readCorpus(one.folder),
      /Cannot use .*\.find\.json: it was kept by version 0 of the run format/,
    );
    await writeFile(path, "{");
    await assert.rejects(readCorpus(one.folder), /Cannot use .*\.find\.json: it is not JSON/);
  } finally {
    await one.release();
    await two.release();
  }
});
