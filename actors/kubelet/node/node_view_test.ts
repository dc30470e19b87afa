import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, test } from "../../../properties/house/test.ts";
import { labelsAsRegistered } from "../../../properties/mutations/labels_as_registered.ts";
import type * as stages from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { type KubeletStage, kubeletAddress, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";

const containers = [{ name: "c", image: "nginx:1.27" }];
const wantsFast = { containers, nodeSelector: { disk: "fast" } };
const lag = { kind: "partition", parameters: { from: ["api"], to: [kubeletAddress] } } as const;

function patchNode(stage: KubeletStage, body: object, subresource?: "status"): void {
  const patch = { verb: "patch", resource: "nodes", name: "node-1", body: JSON.stringify(body) } as const;
  stage.ask(subresource ? { ...patch, subresource } : patch);
}

/** From now on the watch of the node tells nothing; what is asked for is answered. */
function deafen(stage: KubeletStage): void {
  stage.simulation.advance(500);
  const index = stage.api.watchers.findIndex(({ request }) => request.resource === "nodes");
  assert.ok(index >= 0, "the kubelet watches no node");
  stage.api.watchers.splice(index, 1);
}

const phaseOf = (stage: KubeletStage, name: string) => {
  const { phase, reason } = stage.pod(name)?.status ?? {};
  return reason === undefined ? phase : `${phase} ${reason}`;
};

test("kubelet takes in a pod that asks for a label that its node was given since", () => {
  const stage = kubeletStage();
  patchNode(stage, { metadata: { labels: { disk: "fast" } } });
  stage.createPod("web", wantsFast);
  assert.ok(stage.until(() => phaseOf(stage, "web") === "Running"));
  patchNode(stage, { metadata: { labels: { disk: null } } });
  stage.createPod("late", wantsFast);
  stage.simulation.advance(5_000);
  assert.equal(phaseOf(stage, "web"), "Running");
  assert.equal(phaseOf(stage, "late"), "Failed NodeAffinity");
});

test("kubelet turns it away with the defect that judges by the labels of its registration", async () => {
  const mutated = await loadMutated<typeof stages>(labelsAsRegistered, "properties/stages/kubelet/kubelet_stage.ts");
  const stage = mutated.kubeletStage();
  patchNode(stage, { metadata: { labels: { disk: "fast" } } });
  stage.createPod("web", wantsFast);
  stage.simulation.advance(5_000);
  assert.equal(phaseOf(stage, "web"), "Failed NodeAffinity");
});

test("kubelet asks for its node before it turns a pod away, when its watch lags", () => {
  const stage = kubeletStage();
  deafen(stage);
  patchNode(stage, { metadata: { labels: { disk: "fast" } } });
  stage.createPod("web", wantsFast);
  assert.ok(stage.until(() => phaseOf(stage, "web") === "Running", 5_000));
});

test("kubelet turns no pod away while the API does not answer", () => {
  const stage = kubeletStage();
  deafen(stage);
  patchNode(stage, { metadata: { labels: { disk: "fast" } } });
  stage.createPod("web", wantsFast);
  const heal = stage.simulation.faults.begin(lag);
  stage.simulation.advance(20_000);
  heal();
  assert.ok(stage.until(() => phaseOf(stage, "web") === "Running"));
});

test("kubelet tells of a pod that it turned away phase, reason and message, and nothing of containers", () => {
  const stage = kubeletStage();
  stage.createPod("web", wantsFast);
  const expect = () => {
    const { startTime, ...status } = stage.pod("web")?.status ?? assert.fail("no pod");
    assert.ok(startTime);
    const message =
      "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector";
    const told = { phase: "Failed", reason: "NodeAffinity", message, observedGeneration: 1 };
    assert.deepEqual(status, { qosClass: "BestEffort", ...told });
  };
  stage.simulation.advance(5_000);
  expect();
  const events = stage.events().filter(({ reason }) => reason === "NodeAffinity");
  assert.deepEqual(
    events.map(({ type, message }) => `${type} ${message}`),
    ["Warning Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"],
  );
  const writes = () => stage.api.writes.filter(({ resource, verb }) => resource === "pods" && verb === "patch").length;
  assert.equal(writes(), 1);
  stage.simulation.crashNow(kubeletAddress, "test");
  stage.simulation.advance(60_000);
  expect();
  assert.equal(writes(), 1);
  stage.deletePod("web");
  stage.simulation.advance(5_000);
  assert.equal(stage.pod("web"), undefined);
});

test("kubelet knows of taints and of what can be allocated what the API says now", () => {
  const stage = kubeletStage();
  patchNode(stage, {
    spec: {
      taints: [
        { key: "sick", effect: "NoExecute" },
        { key: "own", effect: "NoSchedule" },
      ],
    },
  });
  stage.createPod("plain", { containers });
  stage.createPod("hardy", { containers, tolerations: [{ key: "sick", operator: "Exists" }] });
  const requests = { "example.com/dongle": "2" };
  const greedy = { containers: [{ name: "c", image: "nginx:1.27", resources: { requests } }] };
  patchNode(stage, { status: { capacity: { "example.com/dongle": "3" } } }, "status");
  stage.simulation.advance(15_000);
  assert.equal(phaseOf(stage, "plain"), "Failed TaintToleration");
  assert.equal(phaseOf(stage, "hardy"), "Running");
  patchNode(stage, { spec: { taints: [], unschedulable: true } });
  assert.equal(stage.node()?.status.allocatable?.["example.com/dongle"], "3");
  stage.createPod("first", greedy);
  stage.simulation.advance(5_000);
  stage.createPod("second", greedy);
  stage.simulation.advance(5_000);
  // Cordoned nodes are the scheduler's business, too.
  assert.equal(phaseOf(stage, "first"), "Running");
  assert.equal(phaseOf(stage, "second"), "Failed OutOfexample.com/dongle");
});

test("kubelet puts its node's status right within a heartbeat when somebody else wrote over it", () => {
  const stage = kubeletStage();
  const conditions = [{ type: "Ready", status: "Unknown", reason: "NodeStatusUnknown", message: "lost" }];
  patchNode(stage, { status: { allocatable: { cpu: "1" }, conditions } }, "status");
  stage.simulation.advance(11_000);
  const { allocatable, conditions: now = [] } = stage.node()?.status ?? {};
  assert.equal(allocatable?.cpu, "4");
  const ready = now.find(({ type }) => type === "Ready");
  assert.deepEqual([ready?.status, ready?.reason], ["True", "KubeletReady"]);
  const writes = () => stage.api.writes.filter(({ resource }) => resource === "nodes").length;
  const before = writes();
  stage.simulation.advance(60_000);
  assert.equal(writes(), before);
});
