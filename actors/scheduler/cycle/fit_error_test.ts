import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, decideAll, outcomeOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";

const controlPlane = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };

test("fitMessage() counts nodes by reason, as kubectl describe shows it", () => {
  const core = coreOf({
    nodes: [{ name: "cp", taints: [controlPlane] }, { name: "w1" }, { name: "w2" }],
    pods: [
      { name: "there", node: "w1", requests: { cpu: "3" } },
      { name: "there-too", node: "w2", requests: { cpu: "3" } },
      { name: "p", requests: { cpu: "2" } },
    ],
  });
  assert.equal(
    outcomeOf(decideAll(core)[0]),
    "0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, " +
      "2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: " +
      "1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.",
  );
});

test("a pod in a cluster without nodes is told so, and tried as soon as there is one", () => {
  const core = coreOf({ nodes: [], pods: [{ name: "p" }] });
  assert.equal(outcomeOf(decideAll(core)[0]), "no nodes available to schedule pods");
  assert.equal(outcomeOf(decideAll(core, { nowMs: 10 })[0]), "nothing waits");
  core.nodeSeen({ ...(coreOf({ nodes: [{ name: "a" }] }).cache.node("a")?.node as object) } as never, 20);
  assert.equal(outcomeOf(decideAll(core, { nowMs: 20 })[0]), "a");
});
