import { assert, test } from "../../../properties/house/test.ts";
import { kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { emptyScript } from "../../../properties/stages/kubelet/test_computer.ts";

const down = { code: "UNAVAILABLE", message: "connection refused" } as const;

test("a node whose container runtime is down is not ready, says so as a kubelet does, and is ready again with it", () => {
  const script = emptyScript();
  const stage = kubeletStage({ computer: script, input: { runtimeCheckMs: 5_000 } });
  stage.createPod("web", { containers: [{ name: "c", image: "nginx" }] });
  assert.ok(stage.until(() => stage.pod("web")?.status.phase === "Running"));
  const ready = () => {
    const { status, reason, message = "" } = stage.node()?.status.conditions?.at(-1) ?? assert.fail("no condition");
    return `${status} ${reason}: ${message}`;
  };
  const well = "True KubeletReady: kubelet is posting ready status";
  const told = () => stage.events().filter(({ reason }) => reason === "NodeNotReady" || reason === "NodeReady");

  script.refusal = down;
  stage.simulation.advance(20_000);
  assert.equal(ready(), well);
  stage.simulation.advance(25_000);
  assert.equal(ready(), "False KubeletNotReady: container runtime is down");
  assert.equal(told().at(-1)?.message, "Node node-1 status is now: NodeNotReady");
  stage.simulation.advance(160_000);
  assert.match(
    ready(),
    /^False KubeletNotReady: \[container runtime is down, PLEG is not healthy: pleg was last seen active 3m\S+s ago; threshold is 3m0s\]$/,
  );
  // What runs goes on: nobody can say anything else of it.
  assert.equal(stage.pod("web")?.status.phase, "Running");
  script.refusal = undefined;
  stage.simulation.advance(16_000);
  assert.equal(ready(), well);
  assert.equal(told().find(({ reason }) => reason === "NodeReady")?.count, 2);
  assert.equal(stage.pod("web")?.status.containerStatuses?.[0]?.restartCount, 0);
});

test("a runtime that is away for less than half a minute is nobody's concern", () => {
  const script = emptyScript();
  const stage = kubeletStage({ computer: script, input: { runtimeCheckMs: 5_000 } });
  const writes = () => stage.api.writes.filter(({ resource }) => resource === "nodes").length;
  const before = writes();
  for (let round = 0; round < 5; round++) {
    script.refusal = down;
    stage.simulation.advance(24_000);
    script.refusal = undefined;
    stage.simulation.advance(6_000);
  }
  assert.equal(writes(), before);
});
