import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, reasonsOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import { nodeUnschedulable } from "./node_unschedulable.ts";

test("nodeUnschedulable leaves out cordoned nodes unless the pod tolerates the taint", () => {
  const core = coreOf({ nodes: [{ name: "a", unschedulable: true }, { name: "b" }] });
  assert.deepEqual(reasonsOf(nodeUnschedulable, core, podOf({ name: "p" })), {
    a: ["node(s) were unschedulable"],
    b: [],
  });
  const tolerations = [{ key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" }];
  assert.deepEqual(reasonsOf(nodeUnschedulable, core, podOf({ name: "p", spec: { tolerations } })), { a: [], b: [] });
});
