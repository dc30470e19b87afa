import { coreOf, reasonsOf } from "../../../properties/scheduling_harness.ts";
import { podOf } from "../../../properties/scheduling_objects.ts";
import { assert, test } from "../../../properties/test.ts";
import { nodeName } from "./node_name.ts";

test("nodeName takes only the node that the pod names", () => {
  const core = coreOf({ nodes: [{ name: "a" }, { name: "b" }] });
  assert.deepEqual(reasonsOf(nodeName, core, podOf({ name: "p", node: "b" })), {
    a: ["node(s) didn't match the requested node name"],
    b: [],
  });
  assert.deepEqual(reasonsOf(nodeName, core, podOf({ name: "p" })), { a: [], b: [] });
});
