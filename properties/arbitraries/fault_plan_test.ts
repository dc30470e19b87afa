import fc from "fast-check";
import type { Fault, FaultName } from "../../runtime/faults/fault.ts";
import { all } from "../../runtime/faults/kinds/all.ts";
import type { Topology } from "../../scenarios/cluster/topology.ts";
import { tally } from "../engine/campaign.ts";
import type { Invariant } from "../engine/invariant.ts";
import { performRun } from "../engine/run.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import { assert, test } from "../house/test.ts";
import { placesOf } from "./fault_plan.ts";
import { faultOf } from "./places.ts";
import { runDefinition } from "./run_definition.ts";
import { storeFaults } from "./store_faults.ts";

const names: readonly FaultName[] = all.map(({ kind }) => kind);
/** What has no place in a store by itself. */
const ofOthers: ReadonlySet<FaultName> = new Set(["clockSkew", "lag", "brokenStream"]);
const topology: Topology = { nodes: 2, stores: 3, apiservers: 2, clouds: [{ provider: "aurora", nodes: 1 }] };

/** A run whose one fault begins before a Deployment and its Service are made, and lasts until it is long scaled. */
function runWith(fault: Fault, seed: number): RunDefinition {
  return {
    seed,
    topology,
    workload: [
      { op: "create", name: "web", image: "web:1", replicas: 2, maxSurge: 1, maxUnavailable: 0, atMs: 2_500 },
      { op: "createService", name: "web", selects: "web", shape: "balanced", atMs: 2_500 },
      { op: "scale", name: "web", replicas: 4, atMs: 4_000 },
      { op: "scale", name: "web", replicas: 1, atMs: 6_000 },
    ],
    faults: [fault],
    healAtMs: 10_000,
  };
}

test("runDefinition() draws every kind of fault there is", () => {
  const drawn = fc.sample(runDefinition({ traffic: "never" }), { seed: 5, numRuns: 400 });
  const kinds = new Set(drawn.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  assert.deepEqual([...kinds].sort(), [...names].sort());
});

test("storeFaults() draws every kind that a store must survive", () => {
  const drawn = fc.sample(storeFaults({ members: ["a", "b", "c"] }), { seed: 5, numRuns: 200 }).flat();
  const meant = all.filter(({ kind, weight }) => weight > 0 && !ofOthers.has(kind));
  assert.deepEqual([...new Set(drawn.map(({ kind }) => kind))].sort(), meant.map(({ kind }) => kind).sort());
});

/** A rule that a fault breaks by biting: what comes after that moment, or after faults are healed, shows nothing more. */
const nothingBites: Invariant = {
  name: "no fault bites",
  watch: ({ simulation, definition }) => ({
    step() {
      if (simulation.faults.strikes().some(({ hits }) => hits > 0)) return "it bit";
      return simulation.uptimeMs() > definition.healAtMs ? "it never bit" : undefined;
    },
  }),
};

for (const kind of all) {
  test(`a drawn ${kind.kind} bites: something passes by it while it is on`, () => {
    const when = { trigger: fc.constant({ atMs: 2_000 }), forMs: fc.constant(7_000) };
    const faults = fc.sample(faultOf(kind, placesOf(topology), when), { seed: 11, numRuns: 6 });
    const bit = faults.find((fault, seed) =>
      performRun(runWith(fault, seed), { invariants: [nothingBites] }).strikes.some(({ hits }) => hits > 0),
    );
    assert.ok(bit, `none of ${JSON.stringify(faults)} hit anything`);
  });
}

test("a fault that is about nobody is told apart from one that bites", () => {
  const fault: Fault = { kind: "crash", parameters: { actor: "nobody" }, trigger: { atMs: 2_000 }, forMs: 50 };
  const late: Fault = { ...fault, trigger: { actor: "nobody", event: "reply", nth: 1 } };
  const { strikes } = performRun({ ...runWith(fault, 1), faults: [fault, late] }, { invariants: [] });
  assert.deepEqual(
    tally(strikes).find(({ kind }) => kind === "crash"),
    { kind: "crash", planned: 2, begun: 1, bitten: 0 },
  );
});
