import { loadMutated } from "../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { assumedIgnored } from "../../properties/mutations/assumed_ignored.ts";
import { missedNodeDelete } from "../../properties/mutations/missed_node_delete.ts";
import * as harness from "../../properties/stages/scheduler/scheduling_harness.ts";
import { boundTo, coreOf, decideAll, outcomeOf } from "../../properties/stages/scheduler/scheduling_harness.ts";
import {
  type NodeSketch,
  nodeOf,
  type PodSketch,
  podOf,
} from "../../properties/stages/scheduler/scheduling_objects.ts";
import type { Core, Decision } from "./core.ts";

const harnessPath = "properties/stages/scheduler/scheduling_harness.ts";
const big = { cpu: "3" };

test("a pod whose binding failed gives its room back and is tried again after its backoff", () => {
  const core = coreOf({
    nodes: [{ name: "a" }],
    pods: [
      { name: "p", requests: big },
      { name: "q", requests: big },
    ],
  });
  const chance = { nowMs: 0, int: () => 0 };
  const first = core.next(chance);
  assert.ok(first?.kind === "bind");
  assert.match(outcomeOf(core.next(chance)), /1 Insufficient cpu/);
  core.bindFailed(first.pod, { node: "a", nowMs: 10 });
  assert.deepEqual(
    decideAll(core, { nowMs: 10 }).map(({ pod }) => pod.name),
    ["q"],
  );
  core.podGone(podOf({ name: "q", node: "a" }), 20);
  assert.equal(decideAll(core, { nowMs: 1_000 }).length, 0);
  assert.equal(outcomeOf(decideAll(core, { nowMs: 1_010 })[0]), "a");
});

test("a pod that another scheduler bound is left where it is", () => {
  const core = coreOf({ nodes: [{ name: "a" }, { name: "b" }], pods: [{ name: "p", requests: big }] });
  const decision = core.next({ nowMs: 0, int: () => 0 });
  assert.ok(decision?.kind === "bind");
  const other = decision.node === "a" ? "b" : "a";
  core.podSeen(boundTo(decision.pod.pod, other), 1);
  core.bindFailed(decision.pod, { node: decision.node, nowMs: 2 });
  assert.equal(core.queue.get(decision.pod.uid), undefined);
  assert.equal(core.cache.pod(decision.pod.uid)?.node, other);
  assert.equal(core.cache.node(decision.node)?.requested.milliCpu, 0);
});

test("an old version of a pod that was bound meanwhile does not put it in the queue again", () => {
  const core = coreOf({ nodes: [{ name: "a" }], pods: [{ name: "p" }] });
  const decision = core.next({ nowMs: 0, int: () => 0 });
  assert.ok(decision?.kind === "bind");
  core.bound(decision.pod, "a");
  core.podSeen(podOf({ name: "p", labels: { late: "yes" } }), 1);
  assert.equal(decideAll(core).length, 0);
});

test("a pod created again under its name is a new pod", () => {
  const core = coreOf({ nodes: [{ name: "a" }], pods: [{ name: "p", uid: "one", node: "a", requests: big }] });
  core.podGone(podOf({ name: "p", uid: "one", node: "a" }), 1);
  core.podSeen(podOf({ name: "p", uid: "two", requests: big }), 1);
  assert.equal(outcomeOf(decideAll(core)[0]), "a");
});

test("pods that have ended use nothing, and pods of other schedulers are let be", () => {
  const core = coreOf({
    nodes: [{ name: "a" }],
    pods: [
      { name: "ended", node: "a", requests: big, phase: "Succeeded" },
      { name: "foreign", spec: { schedulerName: "other" } },
      { name: "p", requests: big },
    ],
  });
  assert.deepEqual(
    decideAll(core).map(({ pod }) => pod.name),
    ["p"],
  );
});

test("a pod nominated to a node that goes away looks elsewhere", () => {
  const core = coreOf({
    nodes: [{ name: "a" }],
    pods: [
      { name: "low", node: "a", requests: big },
      { name: "p", requests: big, priority: 9 },
    ],
  });
  const [decision] = decideAll(core);
  assert.ok(decision?.kind === "fail" && decision.preemption?.node === "a");
  core.nodeGone("a", 1);
  core.nodeSeen(nodeOf({ name: "b" }), 1);
  assert.equal(outcomeOf(decideAll(core, { nowMs: 1 })[0]), "b");
  assert.equal(core.nominator.size, 0);
});

const cpus = fc.constantFrom("500m", "1", "1500m", "2", "3500m");
const sketches = fc.record({
  nodes: fc.array(fc.record({ cpu: cpus, pods: fc.constantFrom("1", "3", "110") }), { minLength: 1, maxLength: 5 }),
  pods: fc.array(fc.record({ cpu: cpus, priority: fc.constantFrom(0, 0, 1), port: fc.constantFrom(0, 0, 80) }), {
    maxLength: 25,
  }),
  script: fc.array(fc.constantFrom("next", "confirm", "refuse", "delete", "nodeGone", "nodeBack"), { maxLength: 60 }),
});

interface World {
  readonly nodes: readonly NodeSketch[];
  readonly pods: readonly PodSketch[];
  readonly script: readonly string[];
}

/** Plays a script of decisions, slow confirmations, refusals and departures; returns what the API holds in the end. */
function play({ nodes, pods, script }: World, { coreOf }: typeof harness = harness) {
  const core = coreOf({ nodes, pods });
  const bound = new Map<string, { cpu: number; node: string; port: boolean }>();
  const waiting: Extract<Decision, { kind: "bind" }>[] = [];
  const gone: NodeSketch[] = [];
  const violations: string[] = [];
  let nowMs = 0;
  const confirm = () => {
    const binding = waiting.shift();
    if (!binding) return;
    const { pod, node } = binding;
    if (gone.some(({ name }) => name === node)) violations.push(`bound to ${node}, which is gone`);
    core.bound(pod, node);
    bound.set(pod.uid, { cpu: pod.requests.milliCpu, node, port: pod.hostPorts.length > 0 });
    core.podSeen(boundTo(pod.pod, node), nowMs);
  };
  const steps: Record<string, () => void> = {
    next() {
      const decision = core.next({ nowMs, int: (below) => nowMs % below });
      if (decision?.kind === "bind") waiting.push(decision);
    },
    confirm,
    refuse() {
      const binding = waiting.shift();
      if (binding) core.bindFailed(binding.pod, { node: binding.node, nowMs });
    },
    delete() {
      const [uid] = bound.keys();
      if (uid === undefined) return;
      bound.delete(uid);
      core.podGone(core.cache.pod(uid)?.info.pod ?? podOf({ name: uid, uid }), nowMs);
    },
    nodeGone() {
      const [node] = nodes.filter((each) => !gone.includes(each));
      if (!node || waiting.length > 0) return;
      gone.push(node);
      core.nodeGone(node.name, nowMs);
    },
    nodeBack() {
      const node = gone.shift();
      if (node) core.nodeSeen(nodeOf(node), nowMs);
    },
  };
  for (const name of script) {
    nowMs += 400;
    steps[name]?.();
  }
  while (waiting.length > 0) confirm();
  return { core, bound, violations, overCommitted: overCommitted(nodes, bound) };
}

function overCommitted(
  nodes: readonly NodeSketch[],
  bound: ReadonlyMap<string, { cpu: number; node: string; port: boolean }>,
) {
  return nodes.filter(({ name, allocatable }) => {
    const here = [...bound.values()].filter(({ node }) => node === name);
    const cpu = here.reduce((sum, each) => sum + each.cpu, 0);
    const limit = (allocatable?.cpu ?? "").endsWith("m")
      ? Number.parseInt(allocatable?.cpu ?? "", 10)
      : Number(allocatable?.cpu) * 1000;
    return cpu > limit || here.length > Number(allocatable?.pods) || here.filter(({ port }) => port).length > 1;
  });
}

const worlds = sketches.map(
  ({ nodes, pods, script }): World => ({
    nodes: nodes.map((allocatable, index) => ({ name: `n${index}`, allocatable })),
    pods: pods.map(({ cpu, priority, port }, index) => ({
      name: `p${index}`,
      uid: `p${index}`,
      requests: { cpu },
      priority,
      hostPorts: port === 0 ? [] : [port],
    })),
    script,
  }),
);

property(
  "no node is over-committed and none that is gone is bound to, however late bindings are seen",
  [worlds],
  (world) => {
    const { overCommitted: over, violations } = play(world);
    assert.deepEqual(over, []);
    assert.deepEqual(violations, []);
  },
  { runs: 300 },
);

property("no pod is lost, and in the end none waits that would fit", [worlds], (world) => {
  const { core, bound } = play(world);
  for (const { name } of world.nodes)
    core.nodeSeen(nodeOf(world.nodes.find((each) => each.name === name) ?? { name }), 1e6);
  for (const nowMs of [2e6, 3e6, 4e6]) {
    for (const each of decideAll(core, { nowMs }))
      if (each.kind === "bind") bound.set(each.pod.uid, { cpu: 0, node: each.node, port: false });
  }
  const { active, backoff, errorBackoff, unschedulable, inFlight } = core.queue.sizes();
  assert.deepEqual([active, backoff, errorBackoff, inFlight], [0, 0, 0, 0]);
  for (const { uid = "", requests, hostPorts = [] } of world.pods) {
    if (core.queue.get(uid)?.place !== "unschedulable" || core.nominator.size > 0) continue;
    const needs = podOf({ name: uid, uid, requests: requests ?? {}, hostPorts });
    const fresh = coreOf({ nodes: world.nodes });
    for (const { info, node } of core.cache.pods()) fresh.podSeen(boundTo(info.pod, node), 0);
    fresh.podSeen(needs, 0);
    assert.equal(fresh.next({ nowMs: 0, int: () => 0 })?.kind, "fail", `${uid} would fit`);
  }
  assert.ok(unschedulable <= world.pods.length);
});

function finds(isFound: (world: World) => boolean) {
  const result = fc.check(
    fc.property(worlds, (world) => !isFound(world)),
    { numRuns: 300, seed: 1 },
  );
  assert.ok(result.failed, "the defect was not found");
}

test("the defect assumedIgnored is found: nodes are over-committed", async () => {
  const mutated = await loadMutated<typeof harness>(assumedIgnored, harnessPath);
  finds((world) => play(world, mutated).overCommitted.length > 0);
});

test("the defect missedNodeDelete is found: pods are bound to nodes that are gone", async () => {
  const mutated = await loadMutated<typeof harness>(missedNodeDelete, harnessPath);
  finds((world) => play(world, mutated).violations.length > 0);
});

test("the same pods go to the same nodes when the same chances fall", () => {
  const run = () => {
    const nodes = Array.from({ length: 8 }, (_, index) => ({ name: `n${index}` }));
    const pods = Array.from({ length: 30 }, (_, index) => ({ name: `p${index}`, requests: { cpu: "100m" } }));
    const core: Core = coreOf({ nodes, pods });
    let draw = 7;
    const int = (below: number) => {
      draw = (draw * 31 + 11) % 1009;
      return draw % below;
    };
    return decideAll(core, { int }).map(outcomeOf);
  };
  assert.deepEqual(run(), run());
});
