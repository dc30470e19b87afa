import { assert, test } from "../house/test.ts";
import { readyBeforeStarted } from "../mutations/ready_before_started.ts";
import { performerWith } from "./performers.ts";
import type { RunDefinition } from "./run_definition.ts";
import { definitionOf } from "./search.ts";

const { name: mutation, found } = readyBeforeStarted;
assert.ok("properties" in found);
const { properties } = found;
const { performRun, shrinkRun } = await performerWith(mutation);
const sound = await performerWith(undefined);

/** A run that breaks a rule whatever its faults are. */
function failing() {
  for (let index = 0; ; index++) {
    const definition = definitionOf({ campaignSeed: 3, index, mutation });
    if (definition.faults.length <= 2 || definition.workload.length <= 2) continue;
    const { hash, violation } = performRun(definition);
    if (violation && properties.includes(violation.property)) return { definition, hash, violation };
  }
}

const broken = failing();

test("shrinkRun() leaves out what a violation does not need, and plays again what is left", () => {
  const small = shrinkRun(broken, 60);
  assert.equal(small.violation.property, broken.violation.property);
  assert.equal(small.definition.faults.length, 0);
  assert.equal(small.definition.workload.length, 1);
  assert.equal(small.definition.probes, undefined);
  const [command] = small.definition.workload;
  assert.ok(small.definition.healAtMs <= (command?.atMs ?? 0) + 1_000);
  const images = Object.keys(small.definition.topology.images?.images ?? {});
  assert.deepEqual(
    images,
    images.filter((name) => JSON.stringify(command).includes(name)),
  );
  assert.deepEqual(performRun(small.definition).hash, small.hash);
});

test("shrinkRun() leaves nothing out that the rest of the work needs: that would break the rule for another reason", () => {
  const definition: RunDefinition = {
    ...{ seed: 7, topology: { nodes: 1, stores: 1, apiservers: 1 }, faults: [], healAtMs: 2_000 },
    workload: [
      { op: "createPod", name: "gated", image: "app:1", gated: true, atMs: 0 },
      { op: "passGate", name: "gated", atMs: 1_000 },
    ],
  };
  const { workload } = definition;
  const { violation } = sound.performRun({ ...definition, workload: workload.slice(0, 1) });
  assert.equal(violation?.property, "calm clusters converge soon");
  // As if a defect had kept it from its end: without its gate's passing it has no end at all.
  const small = sound.shrinkRun({ definition, violation, hash: "" }, 20);
  assert.deepEqual(small.definition, definition);
});

test("shrinkRun() stops when it has tried as often as it may", () => {
  const same = shrinkRun(broken, 0);
  assert.deepEqual([same.shrinks, same.definition], [0, broken.definition]);
  assert.equal(shrinkRun(broken, 2).shrinks, 2);
});
