import { faultPlan } from "../arbitraries/fault_plan.ts";
import { setCommands } from "../arbitraries/sets.ts";
import { topology } from "../arbitraries/topology.ts";
import { workloadMsMax } from "../arbitraries/workload.ts";
import { assert, fc, property, test } from "../house/test.ts";
import { deletesAtOnce } from "../mutations/deletes_at_once.ts";
import { performerWith } from "./performers.ts";
import { performRun } from "./run.ts";
import type { RunDefinition } from "./run_definition.ts";

const healAtMs = workloadMsMax + 4_000;

const faultyRuns = topology().chain((shape) =>
  fc
    .record({ seed: fc.nat(0xffff_ffff), workload: setCommands(), faults: faultPlan(shape) })
    .map((run): RunDefinition => ({ ...run, topology: shape, healAtMs })),
);

property(
  "performRun() keeps every rule with StatefulSets and DaemonSets under faults of every kind, and they converge",
  [faultyRuns],
  (run) => assert.equal(performRun(run).violation, undefined),
  { runs: 12 },
);

/** The pod is replaced while one kubelet hears late what becomes of it. */
function replaced(late: string, seed: number): RunDefinition {
  const images = { images: { "app:1": { stopMs: 900 }, "app:2": { startMs: 20 } } };
  const to = [`kubelet/${late}`];
  const parameters = { from: ["apiserver"], to, oneWay: true, types: ["api.watch"], delayMs: 3_000 };
  return {
    seed,
    topology: { nodes: 3, stores: 1, apiservers: 1, images, restartsMax: 1_000 },
    workload: [
      { op: "createSet", atMs: 3_000, set: "StatefulSet", name: "base", replicas: 1, image: "app:1" },
      { op: "setImageOfSet", atMs: 9_000, set: "StatefulSet", name: "base", image: "app:2" },
    ],
    faults: [{ kind: "lag", parameters, forMs: 10_000, trigger: { atMs: 8_000 } }],
    healAtMs: 20_000,
  };
}

test("performRun() finds two running pods of one name when a StatefulSet's pods are deleted without grace", async () => {
  const mutation = deletesAtOnce.name;
  const performer = await performerWith(mutation);
  const cases = ["node-0", "node-1", "node-2"].flatMap((late) => [1, 2].map((seed) => replaced(late, seed)));
  assert.deepEqual(
    cases.flatMap((run) => performRun(run).violation?.property ?? []),
    [],
  );
  const found = cases.map((run) => performer.performRun({ ...run, mutation }).violation?.property);
  assert.ok(found.includes("no StatefulSet has two running pods of one name"), found.join());
});
