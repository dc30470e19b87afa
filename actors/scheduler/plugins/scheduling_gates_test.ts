import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, decideAll, outcomeOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";

test("schedulingGates keeps a pod out of the queue until its last gate is gone", () => {
  const gated = (...names: string[]) => ({ name: "p", spec: { schedulingGates: names.map((name) => ({ name })) } });
  const core = coreOf({ nodes: [{ name: "a" }], pods: [gated("quota", "review")] });
  assert.equal(decideAll(core).length, 0);
  core.podSeen(podOf(gated("review")), 1);
  assert.equal(decideAll(core).length, 0);
  assert.equal(core.queue.sizes().gated, 1);
  core.podSeen(podOf({ name: "p" }), 2);
  assert.equal(outcomeOf(decideAll(core)[0]), "a");
});
