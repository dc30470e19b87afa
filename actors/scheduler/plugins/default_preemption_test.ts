import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, decideAll, outcomeOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { type PodSketch, podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import type { Frozen, Pod } from "../../api/types.ts";

const nodes = [{ name: "a" }, { name: "b" }];
const big = { cpu: "3" };

function preempt(pods: Parameters<typeof coreOf>[0]["pods"] & object) {
  const core = coreOf({ nodes, pods });
  const [decision] = decideAll(core);
  assert.ok(decision?.kind === "fail");
  return { core, message: decision.message, preemption: decision.preemption };
}

test("defaultPreemption evicts the least important pods and nominates their node", () => {
  const { core, preemption, message } = preempt([
    { name: "on-a", node: "a", requests: big, priority: 5 },
    { name: "on-b", node: "b", requests: big, priority: 3 },
    { name: "p", requests: big, priority: 9 },
  ]);
  assert.equal(preemption?.node, "b");
  assert.deepEqual(
    preemption?.victims.map(({ name }) => name),
    ["on-b"],
  );
  assert.equal(message, "0/2 nodes are available: 2 Insufficient cpu.");
  assert.equal(core.nominator.nodeOf("pod-default-p"), "b");
  core.podGone(podOf({ name: "on-b", node: "b" }), 1);
  // A less important pod does not get the room that was made for another.
  core.podSeen(podOf({ name: "thief", requests: big, priority: 1 }), 1);
  assert.deepEqual(
    decideAll(core, { nowMs: 2_000 }).map((each) => `${each.pod.name}: ${outcomeOf(each)}`),
    [
      "p: b",
      "thief: 0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
    ],
  );
});

test("defaultPreemption leaves room alone that is made for another pod of the same priority", () => {
  const core = coreOf({
    nodes,
    pods: [
      { name: "on-a", node: "a", requests: big, priority: 1 },
      { name: "small", node: "a", requests: { cpu: "1" }, priority: 1 },
      { name: "on-b", node: "b", requests: big, priority: 2 },
      { name: "p1", requests: big, priority: 9 },
      { name: "p2", requests: big, priority: 9 },
      { name: "p3", requests: big, priority: 9 },
    ],
  });
  const rooms: string[] = [];
  for (let decision = core.next({ nowMs: 0, int: () => 0 }); decision; ) {
    if (decision.kind !== "fail") break;
    rooms.push(`${decision.pod.name}: ${decision.preemption?.node ?? "none"}`);
    for (const { pod } of decision.preemption?.victims ?? []) core.podGone(pod, 0);
    decision = rooms.length < 3 ? core.next({ nowMs: 0, int: () => 0 }) : undefined;
  }
  assert.deepEqual(rooms, ["p1: a", "p2: b", "p3: none"]);
});

test("defaultPreemption spares the victims that need not go", () => {
  const { preemption } = preempt([
    { name: "small", node: "a", requests: { cpu: "1" }, priority: 4 },
    { name: "large", node: "a", requests: { cpu: "3" }, priority: 2 },
    { name: "on-b", node: "b", requests: { cpu: "4" }, priority: 9 },
    { name: "p", requests: big, priority: 9 },
  ]);
  assert.equal(preemption?.node, "a");
  assert.deepEqual(
    preemption?.victims.map(({ name }) => name),
    ["large"],
  );
});

test("defaultPreemption spares pods whose budget does not let them go, where there is a choice", () => {
  const budget = (name: string, disruptionsAllowed: number, disruptedPods = {}) => ({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace: "default" },
    spec: { selector: { matchLabels: { app: name } } },
    status: { currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, disruptionsAllowed, disruptedPods },
  });
  const victimsWith = (budgets: readonly ReturnType<typeof budget>[], onB = { name: "on-b", priority: 5 }) => {
    const pods = [
      { name: "on-a", node: "a", requests: big, priority: 3, labels: { app: "guarded" } },
      { ...onB, node: "b", requests: big, labels: { app: "free" } },
      { name: "p", requests: big, priority: 9 },
    ];
    const core = coreOf({ nodes, pods });
    for (const each of budgets) core.related.setBudget(each);
    const [decision] = decideAll(core);
    return decision?.kind === "fail" ? decision.preemption?.victims.map(({ name }) => name) : undefined;
  };
  assert.deepEqual(victimsWith([]), ["on-a"], "without budgets the least important goes");
  assert.deepEqual(victimsWith([budget("guarded", 0)]), ["on-b"]);
  assert.deepEqual(victimsWith([budget("guarded", 1)]), ["on-a"]);
  assert.deepEqual(victimsWith([budget("guarded", 0, { "on-a": "2026-01-01T00:00:00Z" })]), ["on-a"]);
  assert.deepEqual(
    victimsWith([budget("guarded", 0), budget("free", 0)]),
    ["on-a"],
    "priority goes before all budgets",
  );
});

test("defaultPreemption says why it cannot help", () => {
  const full = [
    { name: "on-a", node: "a", requests: big, priority: 5 },
    { name: "on-b", node: "b", requests: big, priority: 5 },
  ];
  assert.equal(
    preempt([...full, { name: "p", requests: big, priority: 5 }]).message,
    "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, " +
      "preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.",
  );
  assert.equal(
    preempt([...full, { name: "p", requests: big, priority: 6, spec: { preemptionPolicy: "Never" } }]).message,
    "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.",
  );
  assert.equal(
    preempt([...full, { name: "p", requests: { cpu: "5" }, priority: 6 }]).message,
    "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, " +
      "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
  );
});

test("defaultPreemption keeps the room for whom it was made until all victims are gone", () => {
  const half = { cpu: "2" };
  const victim = (name: string) => ({ name, node: "a", requests: half, priority: 1 });
  const { core, preemption } = preempt([
    ...["v1", "v2"].map((name) => victim(name)),
    { name: "on-b", node: "b", requests: { cpu: "4" }, priority: 9 },
    { name: "p", requests: { cpu: "4" }, priority: 9 },
  ]);
  assert.equal(preemption?.victims.length, 2);
  core.podSeen(leaving(victim("v2"), "PreemptionByScheduler"), 1);
  core.podGone(podOf(victim("v1")), 2);
  core.podSeen(podOf({ name: "thief", requests: half, priority: 2 }), 2);
  const [again, thief] = decideAll(core, { nowMs: 2_000 });
  assert.ok(again?.kind === "fail" && again.pod.name === "p" && thief?.kind === "fail");
  assert.match(again.message, /preemption: not eligible due to a terminating pod on the nominated node\.$/);
  assert.equal(again.nominatedNode, "a");
  core.podGone(podOf(victim("v2")), 3_000);
  assert.equal(outcomeOf(decideAll(core, { nowMs: 600_000 })[0]), "a");
});

test("defaultPreemption waits on the nominated node for those only whom it made leave", () => {
  for (const [reason, message] of [
    ["PreemptionByScheduler", "not eligible due to a terminating pod on the nominated node."],
    ["EvictionByEvictionAPI", undefined],
  ] as const) {
    const core = coreOf({ nodes: [{ name: "a" }] });
    core.podSeen(leaving({ name: "low", node: "a", requests: big, priority: 1 }, reason), 0);
    const waiting = podOf({ name: "p", requests: big, priority: 9 });
    core.podSeen({ ...waiting, status: { ...waiting.status, nominatedNodeName: "a" } }, 0);
    const [decision] = decideAll(core);
    assert.ok(decision?.kind === "fail");
    assert.equal(decision.message.split("preemption: ")[1], message);
    assert.equal(decision.preemption?.node, message ? undefined : "a");
    assert.equal(decision.nominatedNode, "a");
  }
});

test("defaultPreemption gives up the room that is of no use any more", () => {
  const core = coreOf({ nodes: [{ name: "a" }], pods: [{ name: "high", node: "a", requests: big, priority: 10 }] });
  const waiting = podOf({ name: "p", requests: big, priority: 9 });
  core.podSeen({ ...waiting, status: { ...waiting.status, nominatedNodeName: "a" } }, 0);
  const [decision] = decideAll(core);
  assert.ok(decision?.kind === "fail" && decision.nominatedNode === undefined);
  assert.equal(core.nominator.size, 0);
});

function leaving(sketch: PodSketch, reason: string): Frozen<Pod> {
  const pod = podOf({ ...sketch, deleted: true });
  return { ...pod, status: { ...pod.status, conditions: [{ type: "DisruptionTarget", status: "True", reason }] } };
}
