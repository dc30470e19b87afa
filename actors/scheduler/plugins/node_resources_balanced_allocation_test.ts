import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, scoresOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import { nodeResourcesBalancedAllocation } from "./node_resources_balanced_allocation.ts";

test("nodeResourcesBalancedAllocation prefers equal shares of CPU and memory", () => {
  const core = coreOf({
    nodes: [{ name: "a" }, { name: "b" }],
    pods: [{ name: "there", node: "a", requests: { cpu: "3", memory: "1Gi" } }],
  });
  const pod = podOf({ name: "p", requests: { cpu: "1", memory: "1Gi" } });
  // On a: all of the CPU, a quarter of the memory. On b: a quarter and an eighth.
  assert.deepEqual(scoresOf(nodeResourcesBalancedAllocation, core, pod), { a: 62, b: 93 });
  assert.deepEqual(scoresOf(nodeResourcesBalancedAllocation, core, podOf({ name: "p" })), { a: 0, b: 0 });
});
