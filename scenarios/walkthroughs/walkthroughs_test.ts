import { readdir } from "node:fs/promises";
import { assert, isLong, test } from "../../properties/house/test.ts";
import { assertHeld } from "../../properties/stages/scenarios/assert_held.ts";
import { runScenario } from "../script/run_scenario.ts";
import { all } from "./all.ts";
import { scaling } from "./scaling.ts";

/** Those that are told a second time in the short form too: of each sort of cluster one. */
const toldTwice = ["declarative-model", "losing-a-node", "moving-between-clouds", "service-discovery"];

/** The hash of each as it was told first. */
const firstHashes = new Map<string, string | undefined>();

for (const walkthrough of all) {
  const isTwice = isLong || toldTwice.includes(walkthrough.name);
  const ending = isTwice ? ", told twice alike to the same hash" : "";
  test(`the walkthrough ${walkthrough.name} holds in simulation${ending}`, async () => {
    const first = await runScenario(walkthrough, { seed: 5 });
    assertHeld(first);
    firstHashes.set(walkthrough.name, first.hash);
    assert.ok(first.steps.length >= 3, "it has steps");
    assert.match(first.hash ?? "", /^[0-9a-f]{16}$/);
    if (isTwice) assert.deepEqual(await runScenario(walkthrough, { seed: 5 }), first);
  });
}

test("another seed is another run, and the walkthrough holds in it too", async () => {
  const hashes = new Set([firstHashes.get(scaling.name)]);
  const seeds = isLong ? [1, 2, 3] : [1];
  for (const seed of seeds) {
    const result = await runScenario(scaling, { seed });
    assertHeld(result);
    hashes.add(result.hash);
  }
  assert.equal(hashes.size, seeds.length + 1);
});

test("a walkthrough is called like its file", async () => {
  const files = (await readdir(import.meta.dirname)).filter((file) => !/^all\.ts$|^_|_test\.ts$/.test(file));
  const names = files.map((file) => file.replace(/\.ts$/, "").replaceAll("_", "-"));
  assert.deepEqual(all.map(({ name }) => name).sort(), names.sort());
});
