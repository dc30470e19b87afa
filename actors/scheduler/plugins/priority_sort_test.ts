import { coreOf, decideAll } from "../../../properties/scheduling_harness.ts";
import { assert, test } from "../../../properties/test.ts";

test("prioritySort puts the more important first, then who came first", () => {
  const pods = [{ name: "low" }, { name: "high", priority: 5 }, { name: "late" }, { name: "higher", priority: 6 }];
  const core = coreOf({ nodes: [{ name: "a" }], pods });
  assert.deepEqual(
    decideAll(core).map(({ pod }) => pod.name),
    ["higher", "high", "low", "late"],
  );
});
