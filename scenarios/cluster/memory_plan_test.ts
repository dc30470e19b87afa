import { assert, test } from "../../properties/house/test.ts";
import { memoryPlan, tellMemory } from "./memory_plan.ts";

const mebibyte = 1024 ** 2;
const few = { stores: 3, apiservers: 2 } as const;

test("memoryPlan() divides a budget, and lets the store hold far less than any worker that keeps it", () => {
  const plan = memoryPlan({ ...few, host: "thread", budgetBytes: 3_000 * mebibyte });
  assert.deepEqual([plan.storeHeapMb, plan.apiServerHeapMb, plan.otherHeapMb], [400, 600, 600]);
  assert.equal(plan.quotaBytes, 100 * mebibyte);
  assert.equal(
    tellMemory(plan, "thread"),
    "Memory: 3000 MiB, of heap each store up to 400 MiB, each API server 600, others 600; the store takes writes up to its quota of 100 MiB",
  );
  assert.match(tellMemory(plan, "thread", true), /the store takes writes up to a quota of its own$/);
});

test("memoryPlan() shares a pool's workers among all that live there", () => {
  const plan = memoryPlan({ ...few, host: "pool", workers: 2, budgetBytes: 3_200 * mebibyte });
  assert.deepEqual([plan.otherHeapMb, plan.quotaBytes], [1_600, 100 * mebibyte]);
});

test("memoryPlan() refuses what no cluster comes up with, and says what is enough", () => {
  const little = () => memoryPlan({ ...few, host: "thread", budgetBytes: 100 * mebibyte });
  assert.throws(little, /Cannot run a cluster in 100 MiB: give at least 512 MiB/);
});

test("memoryPlan() takes a share of what the machine has when nothing is said", () => {
  assert.ok(memoryPlan({ ...few, host: "thread" }).budgetBytes >= 512 * mebibyte);
});
