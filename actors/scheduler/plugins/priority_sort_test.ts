import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, decideAll } from "../../../properties/stages/scheduler/scheduling_harness.ts";

test("prioritySort puts the more important first, then who came first", () => {
  const pods = [{ name: "low" }, { name: "high", priority: 5 }, { name: "late" }, { name: "higher", priority: 6 }];
  const core = coreOf({ nodes: [{ name: "a" }], pods });
  assert.deepEqual(
    decideAll(core).map(({ pod }) => pod.name),
    ["higher", "high", "low", "late"],
  );
});
