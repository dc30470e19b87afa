import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, reasonsOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import { nodeName } from "./node_name.ts";

test("nodeName takes only the node that the pod names", () => {
  const core = coreOf({ nodes: [{ name: "a" }, { name: "b" }] });
  assert.deepEqual(reasonsOf(nodeName, core, podOf({ name: "p", node: "b" })), {
    a: ["node(s) didn't match the requested node name"],
    b: [],
  });
  assert.deepEqual(reasonsOf(nodeName, core, podOf({ name: "p" })), { a: [], b: [] });
});
