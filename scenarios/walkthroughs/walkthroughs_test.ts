import { readdir } from "node:fs/promises";
import { assert, scenario as clusterTest, isLong, test } from "../../properties/house/test.ts";
import { narrationOf, runScenario, type ScenarioResult } from "../script/run_scenario.ts";
import { all } from "./all.ts";
import { declarativeModel } from "./declarative_model.ts";
import { scaling } from "./scaling.ts";
import { serviceDiscovery } from "./service_discovery.ts";

function assertHeld(result: ScenarioResult) {
  assert.ok(result.isHeld, `${narrationOf(result).join("\n")}\n${JSON.stringify(result.failure)}`);
}

/** Those that are told a second time in the short form too: of each sort of cluster one. */
const toldTwice = ["declarative-model", "losing-a-node", "moving-between-clouds", "service-discovery"];

for (const walkthrough of all) {
  const isTwice = isLong || toldTwice.includes(walkthrough.name);
  const ending = isTwice ? ", told twice alike to the same hash" : "";
  test(`the walkthrough ${walkthrough.name} holds in simulation${ending}`, async () => {
    const first = await runScenario(walkthrough, { seed: 5 });
    assertHeld(first);
    assert.ok(first.steps.length >= 3, "it has steps");
    assert.match(first.hash ?? "", /^[0-9a-f]{16}$/);
    if (isTwice) assert.deepEqual(await runScenario(walkthrough, { seed: 5 }), first);
  });
}

test("another seed is another run, and the walkthrough holds in it too", async () => {
  const hashes = new Set<string | undefined>();
  const seeds = isLong ? [1, 2, 3] : [1, 2];
  for (const seed of seeds) {
    const result = await runScenario(scaling, { seed });
    assertHeld(result);
    hashes.add(result.hash);
  }
  assert.equal(hashes.size, seeds.length);
});

const freely = [
  [declarativeModel, "thread"],
  [scaling, "thread"],
  [serviceDiscovery, "pool"],
] as const;

for (const [walkthrough, host] of freely) {
  clusterTest(`the walkthrough ${walkthrough.name} holds in the ${host} host as it is`, {}, async ({ signal }) => {
    const result = await runScenario(walkthrough, { host, signal });
    assertHeld(result);
    assert.equal(result.hash, undefined, "what runs freely has no hash");
  });
}

test("a walkthrough is called like its file", async () => {
  const files = (await readdir(import.meta.dirname)).filter((file) => !/^all\.ts$|^_|_test\.ts$/.test(file));
  const names = files.map((file) => file.replace(/\.ts$/, "").replaceAll("_", "-"));
  assert.deepEqual(all.map(({ name }) => name).sort(), names.sort());
});
