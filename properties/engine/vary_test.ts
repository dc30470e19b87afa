import type { Fault } from "../../runtime/faults/fault.ts";
import { assert, test } from "../house/test.ts";
import { beginMs } from "../suites/apiserver/stage.ts";
import { createCoverage } from "./coverage.ts";
import { perform } from "./perform.ts";
import { type AnyRun, isSuiteRun } from "./run_definition.ts";
import { runOf } from "./search.ts";
import { type Tried, varied } from "./vary.ts";

function tried(suite: string, index: number): Tried & { readonly hash: string } {
  const run = runOf({ campaignSeed: 3, index, suite });
  const coverage = createCoverage();
  const { hash } = perform(run, { begin: coverage.begin });
  return { run, hash, moments: coverage.moments() };
}

test("createCoverage() changes nothing of the run that it watches", () => {
  const { run, hash, moments } = tried("store", 0);
  assert.equal(hash, perform(run).hash);
  for (const { times, firstMs, lastMs } of moments) assert.ok(times >= 1 && firstMs <= lastMs);
});

test("varied() makes of a run and a key the same run each time, and of other keys others that can be performed", () => {
  for (const suite of ["store", "apiserver", "kubelet", "scheduler", "controllers", "nodes", "services", "policies"]) {
    const origin = tried(suite, 1);
    const made = Array.from({ length: 12 }, (_each, key) => varied(origin, key));
    assert.deepEqual(
      made,
      made.map((_each, key) => varied(origin, key)),
    );
    assert.ok(new Set(made.map((each) => JSON.stringify(each))).size > 8);
    for (const each of made.slice(0, 3)) assert.equal(perform(each).violation, undefined);
  }
});

test("varied() waits for what happened, keeps the order of the work, and leaves faults that are bounded as they are", () => {
  for (let index = 0; index < 30; index++) {
    const { run, moments } = tried(index % 2 ? "store" : "controllers", index);
    for (let key = 0; key < 20; key++) {
      const made = varied({ run, moments }, key);
      const known = new Set(run.faults.map(({ trigger }) => JSON.stringify(trigger)));
      for (const { trigger } of made.faults) {
        if (known.has(JSON.stringify(trigger)) || "atMs" in trigger) continue;
        const { times = 0 } = moments.find((each) => isOf(each, trigger)) ?? {};
        assert.ok(trigger.nth <= times, `${JSON.stringify(trigger)} never came`);
      }
      assert.deepEqual(kept(made), kept(run));
      const times = made.workload.map((each) => (each as { readonly atMs?: number }).atMs ?? 0);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      assert.equal(isSuiteRun(made), true);
    }
  }
});

test("varied() has no fault begin while the stage of a run is still being set", () => {
  const { run, moments } = tried("apiserver", 2);
  const early = new Set(moments.filter(({ firstMs }) => firstMs < beginMs).map(nameOf));
  for (let key = 0; key < 200; key++) {
    for (const { trigger } of varied({ run, moments }, key).faults) {
      if ("atMs" in trigger) assert.ok(trigger.atMs >= beginMs, JSON.stringify(trigger));
      else assert.ok(!early.has(nameOf(trigger)), JSON.stringify(trigger));
    }
  }
});

function nameOf({ actor, ...what }: { readonly actor: string; readonly event?: string; readonly phase?: string }) {
  return `${actor} ${what.event ?? what.phase}`;
}

function isOf(
  moment: Tried["moments"][number],
  trigger: Exclude<Fault["trigger"], { readonly atMs: number }>,
): boolean {
  if (moment.actor !== trigger.actor) return false;
  return "event" in moment ? moment.event === trigger.event : moment.phase === trigger.phase;
}

/** What must stay: disks that lie or are lost are more than plans promise to survive anywhere. */
function kept({ faults }: AnyRun): readonly Fault[] {
  return faults.filter(({ kind }) => ["lostFsync", "lostDisk", "damagedDisk", "fullDisk"].includes(kind));
}
