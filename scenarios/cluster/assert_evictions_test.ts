import { assert, test } from "../../properties/house/test.ts";
import { assertEvictions } from "./assert_evictions.ts";
import { assertPossible } from "./assert_possible.ts";
import { networkPlan } from "./network_plan.ts";

test("assertEvictions() takes a kubelet's signals with quantities and hundredths, and says what else is wrong", () => {
  assertEvictions({ "memory.available": "100Mi", "pid.available": "10%", "nodefs.available": "1.5%" });
  const refuses = (evictionHard: Record<string, string>, why: RegExp) =>
    assert.throws(() => assertEvictions(evictionHard), why);
  refuses({ "memory.free": "1Gi" }, /evictionHard "memory.free": "1Gi": the signals are memory.available, /);
  for (const amount of ["", "0", "-1Gi", "some", "101%", "-1%"])
    refuses({ "pid.available": amount }, /: give a quantity above 0, or 0% to 100%$/);
});

test("assertPossible() looks at what is to be left of nodes", () => {
  const topology = { nodes: 1, stores: 1, apiservers: 1, evictionHard: { cpu: "1" } } as const;
  assert.throws(() => assertPossible(topology, networkPlan({})), /the signals are/);
});
