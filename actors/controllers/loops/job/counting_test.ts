import { assert, fc, property } from "../../../../properties/house/test.ts";
import { addJob, conditionLines, isOver } from "../../../../properties/stages/controllers/jobs.ts";
import { type ControllerLab, createControllerLab } from "../../../../properties/stages/controllers/lab.ts";
import type { Fault } from "../../../../runtime/faults/fault.ts";
import { formatIndexes, indexSetOf } from "./index_set.ts";

const loops = ["job"];

/** What a Job that is over says, against what its pods say: each pod is in one counter, once, and none is held back. */
function checkCounts(lab: ControllerLab, name: string): void {
  const { status } = lab.one("jobs", name);
  const phases = lab.all("pods").map((pod) => pod.status.phase);
  const count = (phase: string) => phases.filter((each) => each === phase).length;
  assert.deepEqual([status.succeeded ?? 0, status.failed ?? 0], [count("Succeeded"), count("Failed")]);
  assert.deepEqual(status.uncountedTerminatedPods, {});
  assert.ok(lab.all("pods").every(({ metadata }) => metadata.finalizers === undefined));
}

/** The controller crashes at some of its answers, and much of what it says and hears is lost for a while. */
function troubled(seed: number, crashes: readonly number[]): ControllerLab {
  const actor = "manager-0/job";
  const lossy = (parameters: { from: string[]; to: string[] }): Fault => ({
    kind: "loss",
    parameters: { ...parameters, probability: 0.25 },
    trigger: { atMs: 5 },
    forMs: 30_000,
  });
  const crash = (nth: number): Fault => ({
    kind: "crash",
    parameters: { actor },
    trigger: { actor, event: "reply", nth },
    forMs: 20,
  });
  const faults = [lossy({ from: ["*"], to: [actor] }), lossy({ from: [actor], to: ["*"] }), ...crashes.map(crash)];
  return createControllerLab({ loops, seed, servers: 2, faults });
}

/** Lets a Job come to its end once nothing goes wrong any more. */
function settle(lab: ControllerLab, name: string): void {
  lab.simulation.advance(35_000);
  lab.simulation.faults.heal();
  assert.ok(lab.until(() => isOver(lab, name), 900_000));
  lab.simulation.advance(5_000);
}

const crashes = fc.uniqueArray(fc.integer({ min: 5, max: 60 }), { maxLength: 4 });

property(
  "job counts each pod once, whatever crashes and is lost",
  [fc.nat(1_000), fc.integer({ min: 1, max: 8 }), crashes],
  (seed, completions, nths) => {
    const lab = troubled(seed, nths);
    addJob(lab, "good", { completions, parallelism: 2, exits: [0] });
    settle(lab, "good");
    assert.equal(conditionLines(lab, "good").at(-1), "Complete True CompletionsReached");
    checkCounts(lab, "good");
  },
  { runs: 25 },
);

property(
  "job settles each index once, whatever crashes and is lost",
  [fc.nat(1_000), fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 5 }), crashes],
  (seed, exits, nths) => {
    const lab = troubled(seed, nths);
    const indexed = { completionMode: "Indexed", completions: exits.length, backoffLimitPerIndex: 1 };
    addJob(lab, "each", { ...indexed, parallelism: 3, exits });
    settle(lab, "each");
    const { status } = lab.one("jobs", "each");
    const indexesOf = (code: number) =>
      formatIndexes(indexSetOf(exits.flatMap((exit, index) => (exit === code ? [index] : []))));
    assert.deepEqual([status.completedIndexes ?? "", status.failedIndexes], [indexesOf(0), indexesOf(1)]);
    assert.ok((status.failed ?? 0) >= 2 * exits.filter((exit) => exit === 1).length, String(status.failed));
  },
  { runs: 15 },
);
