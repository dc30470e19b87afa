import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { present } from "../../actors/kit/present.ts";
import { assert, test } from "../house/test.ts";
import { all } from "../mutations/all.ts";
import { replayFile } from "./campaign.ts";
import { type Hunted, isHunted, type Mutation } from "./mutation.ts";
import { performerWith } from "./performers.ts";
import { encodeReplay } from "./replay_file.ts";
import { type AnyRun, isSuiteRun } from "./run_definition.ts";
import { runOf, type SearchJob, type SearchResult } from "./search.ts";

const huntsForAll = process.env.TROUPE_MUTATIONS === "all";

/** Enough to see that shrinking works; a campaign takes longer over it. */
const shrinksMaxOf = { never: huntsForAll ? 6 : 3, always: 3 } as const;

/** Those that hardly a run misses; `npm run mutations` hunts for all, which takes minutes. */
const isHuntedHere = ({ found }: Hunted) => huntsForAll || found.runsMean === 1;

for (const mutation of (all as readonly Mutation[]).filter(isHunted).filter(isHuntedHere)) {
  test(`searchOne() finds the defect ${mutation.name}, shrinks it and plays it again`, async (context) => {
    const { found, job } = await hunt(mutation);
    assert.ok(found, `nothing was found in ${mutation.found.runsMax} runs`);
    const { definition, violation, hash } = found;
    assert.ok(mutation.found.properties.includes(violation.property), `it was found as "${violation.property}"`);
    assert.ok(sizeOf(definition) < sizeOf(runOf(job)), "it was not shrunk");
    assert.ok(found.shrinks > 0);

    const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
    context.after(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "counterexample.json");
    await writeFile(file, encodeReplay({ definition, violation, hash }));
    const replayed = await replayFile(file);
    assert.equal(replayed.isIdentical, true);
    assert.deepEqual(replayed.violation, violation);

    const { mutation: _defect, ...sound } = definition;
    const { performRun } = await performerWith(undefined);
    assert.equal(performRun(sound).violation, undefined);
  });
}

async function hunt(mutation: Hunted): Promise<Pick<SearchResult, "found"> & { readonly job: SearchJob }> {
  const { campaignSeed, runsMax, traffic = "never", withoutFaults = false, suite, clouds } = mutation.found;
  const { searchOne } = await performerWith(mutation.name);
  for (let index = 0; ; index++) {
    const shrinksMax = shrinksMaxOf[traffic];
    const hunted = { mutation: mutation.name, traffic, withoutFaults, ...present({ suite, clouds }) };
    const job = { campaignSeed, index, shrinksMax, ...hunted };
    const { found } = searchOne(job);
    if (found || index + 1 === runsMax) return { found, job };
  }
}

function sizeOf(run: AnyRun): number {
  if (isSuiteRun(run)) return run.faults.length + run.workload.length;
  const { faults, workload, topology, probes, traffic } = run;
  const { nodes, stores, apiservers, managers = 1, schedulers = 1 } = topology;
  return (
    faults.length +
    workload.length +
    nodes +
    stores +
    apiservers +
    managers +
    schedulers +
    (probes ? 1 : 0) +
    (traffic?.requests.length ?? 0)
  );
}
