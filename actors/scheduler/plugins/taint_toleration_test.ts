import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, reasonsOf, scoresOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import { taintToleration } from "./taint_toleration.ts";

const controlPlane = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };
const soft = { key: "old", value: "yes", effect: "PreferNoSchedule" };

test("taintToleration names the first taint that is not tolerated", () => {
  const core = coreOf({
    nodes: [
      { name: "a", taints: [controlPlane] },
      { name: "b", taints: [{ key: "gpu", value: "a100", effect: "NoExecute" }] },
      { name: "c", taints: [soft] },
    ],
  });
  assert.deepEqual(reasonsOf(taintToleration, core, podOf({ name: "p" })), {
    a: ["node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }"],
    b: ["node(s) had untolerated taint {gpu: a100}"],
    c: [],
  });
});

test("taintToleration heeds key, value, effect and operator of a toleration", () => {
  const core = coreOf({ nodes: [{ name: "a", taints: [{ key: "k", value: "v", effect: "NoSchedule" }] }] });
  const passes = (toleration: object) =>
    reasonsOf(taintToleration, core, podOf({ name: "p", spec: { tolerations: [toleration] } })).a?.length === 0;
  assert.ok(passes({ operator: "Exists" }));
  assert.ok(passes({ key: "k", operator: "Exists", effect: "NoSchedule" }));
  assert.ok(passes({ key: "k", value: "v" }));
  assert.ok(!passes({ key: "k", value: "w" }));
  assert.ok(!passes({ key: "k", operator: "Exists", effect: "NoExecute" }));
  assert.ok(!passes({ key: "other", operator: "Exists" }));
});

test("taintToleration prefers nodes with fewer soft taints", () => {
  const core = coreOf({
    nodes: [{ name: "a", taints: [soft, { ...soft, key: "slow" }] }, { name: "b", taints: [soft] }, { name: "c" }],
  });
  assert.deepEqual(scoresOf(taintToleration, core, podOf({ name: "p" })), { a: 0, b: 50, c: 100 });
});
