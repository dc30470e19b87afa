import { createActor } from "xstate";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { type FakeApiData, fakeApi } from "../../properties/stages/fake_api.ts";
import {
  type NodeSketch,
  nodeOf,
  type PodSketch,
  podOf,
} from "../../properties/stages/scheduler/scheduling_objects.ts";
import { within } from "../../runtime/core/machine.ts";
import { createStep } from "../../runtime/core/step.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import { createSimulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { Event, Frozen, KubeObject, Lease, Pod } from "../api/types.ts";
import type { ApiRequest, ApiResponse } from "../apiserver/messages.ts";
import { scheduler } from "./definition.ts";
import type { SchedulerData } from "./machine.ts";
import { schedulerMachine } from "./machine.ts";
import type { SchedulerInput } from "./messages.ts";

/** Some schedulers before a fake API server, in virtual time. */
function stageOf({ seed = 1, schedulers = 1, input = {}, faults = [] as readonly Fault[] } = {}) {
  const simulation = createSimulation({ cast: { actors: [fakeApi, scheduler], devices: [] }, seed, faults });
  simulation.spawnNow({ name: "api", kind: "fakeApi", input: undefined });
  simulation.runUntil(() => simulation.dataOf("api") !== undefined, 1_000);
  const api = simulation.dataOf("api") as FakeApiData;
  const addresses = Array.from({ length: schedulers }, (_, index) => `scheduler-${index}`);
  const ask = (request: Partial<ApiRequest> & Pick<ApiRequest, "verb" | "resource">) =>
    simulation.askNow(
      "api",
      { type: "api.request", group: "", version: "v1", ...request } as ApiRequest,
      5_000,
    ) as ApiResponse;
  for (const name of addresses) {
    const schedulerInput: SchedulerInput = { servers: ["api"], ...input };
    simulation.spawnNow({ name, kind: "scheduler", input: schedulerInput, restartsMax: 100 });
  }
  const create = (resource: string, object: Frozen<KubeObject>) => {
    const { namespace } = object.metadata;
    return ask({ verb: "create", resource, ...(namespace ? { namespace } : {}), body: JSON.stringify(object) });
  };
  const stored = <T>(resource: string) =>
    [...api.objects]
      .filter(([key]) => key.startsWith(`${resource}/`))
      .map(([, object]) => object as unknown as Frozen<T>);
  return {
    simulation,
    api,
    ask,
    addresses,
    addNode: (sketch: NodeSketch) => create("nodes", nodeOf(sketch)),
    addPod: (sketch: PodSketch) => create("pods", podOf(sketch)),
    remove: (resource: string, name: string) => {
      const namespaced = resource === "nodes" ? {} : { namespace: "default" };
      return ask({ verb: "delete", resource, name, body: JSON.stringify({ gracePeriodSeconds: 0 }), ...namespaced });
    },
    pods: () => stored<Pod>("pods"),
    pod: (name: string) => api.objects.get(`pods/default/${name}`) as unknown as Frozen<Pod> | undefined,
    events: () => stored<Event>("events"),
    leader: () => stored<Lease>("leases")[0]?.spec.holderIdentity,
    phase: (name = "scheduler-0") => simulation.report(name)?.phase,
    dataOf: (name = "scheduler-0") => simulation.dataOf(name) as SchedulerData,
    bindings: () => api.writes.filter(({ resource, body }) => resource === "pods" && body.kind === "Binding"),
    until: (predicate: () => boolean, withinMs = 60_000) =>
      simulation.runUntil(predicate, simulation.uptimeMs() + withinMs),
  };
}

const nodeOn = (pod: Frozen<Pod> | undefined) => pod?.spec.nodeName;

test("a scheduler takes the lease, places a pod and says so", () => {
  const stage = stageOf();
  stage.addNode({ name: "a" });
  stage.addPod({ name: "p" });
  assert.ok(stage.until(() => nodeOn(stage.pod("p")) === "a"));
  assert.equal(stage.phase(), "scheduling");
  assert.ok(stage.until(() => stage.events().length > 0));
  const [event] = stage.events();
  assert.equal(event?.reason, "Scheduled");
  assert.equal(event?.message, "Successfully assigned default/p to a");
  assert.equal(event?.source?.component, "default-scheduler");
  assert.equal(stage.leader(), "scheduler-0_0");
});

test("a pod that fits nowhere is told why, and placed when a node comes", () => {
  const stage = stageOf();
  const message =
    "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, " +
    "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
  stage.addNode({ name: "small", allocatable: { cpu: "1" } });
  stage.addPod({ name: "p", requests: { cpu: "2" } });
  const condition = () => stage.pod("p")?.status.conditions?.find(({ type }) => type === "PodScheduled");
  assert.ok(stage.until(() => condition() !== undefined));
  assert.deepEqual(
    { status: condition()?.status, reason: condition()?.reason, message: condition()?.message },
    { status: "False", reason: "Unschedulable", message },
  );
  assert.ok(
    stage.until(() => stage.events().some((event) => event.reason === "FailedScheduling" && event.message === message)),
  );
  stage.addNode({ name: "large" });
  assert.ok(stage.until(() => nodeOn(stage.pod("p")) === "large"));
});

test("room is made for a more important pod, which then gets it", () => {
  const stage = stageOf();
  stage.addNode({ name: "a" });
  stage.addPod({ name: "low", requests: { cpu: "3" }, spec: { terminationGracePeriodSeconds: 30 } });
  assert.ok(stage.until(() => nodeOn(stage.pod("low")) === "a"));
  stage.addPod({ name: "high", requests: { cpu: "3" }, priority: 10 });
  assert.ok(stage.until(() => stage.pod("low")?.metadata.deletionTimestamp !== undefined));
  assert.equal(stage.pod("high")?.status.nominatedNodeName, "a");
  const disrupted = stage.pod("low")?.status.conditions?.find(({ type }) => type === "DisruptionTarget");
  assert.equal(disrupted?.reason, "PreemptionByScheduler");
  stage.remove("pods", "low");
  assert.ok(stage.until(() => nodeOn(stage.pod("high")) === "a"));
  assert.ok(
    stage.events().some(({ reason, involvedObject }) => reason === "Preempted" && involvedObject.name === "low"),
  );
});

test("of two schedulers one schedules; when it dies the other takes over", () => {
  const stage = stageOf({ schedulers: 2 });
  stage.addNode({ name: "a" });
  stage.addPod({ name: "p1" });
  assert.ok(stage.until(() => nodeOn(stage.pod("p1")) === "a"));
  const [first] = stage.addresses.filter((name) => stage.phase(name) === "scheduling");
  const [second] = stage.addresses.filter((name) => name !== first);
  assert.equal(stage.phase(second), "standby");
  const heal = stage.simulation.faults.begin({
    kind: "partition",
    parameters: { from: [first ?? ""], to: ["api"] },
  });
  stage.addPod({ name: "p2" });
  assert.ok(stage.until(() => nodeOn(stage.pod("p2")) === "a"));
  assert.equal(stage.phase(second), "scheduling");
  assert.equal(stage.phase(first), "standby");
  heal();
  stage.addPod({ name: "p3" });
  assert.ok(stage.until(() => nodeOn(stage.pod("p3")) === "a"));
  assert.equal(stage.bindings().length, 3);
});

test("a scheduler that stops gives the lease back", () => {
  const stage = stageOf();
  assert.ok(stage.until(() => stage.phase() === "scheduling"));
  void stage.simulation.stop("scheduler-0");
  assert.ok(stage.until(() => stage.leader() === ""));
});

test("a pod that another scheduler binds at the same moment stays where it was bound", () => {
  const stage = stageOf();
  assert.ok(stage.until(() => stage.phase() === "scheduling"));
  stage.addNode({ name: "a" });
  // Bound by hand as soon as it is there, before the scheduler's own binding can arrive.
  const created = JSON.parse(stage.addPod({ name: "p" }).body) as Pod;
  const target = { apiVersion: "v1", kind: "Node", name: "elsewhere" };
  const body = { apiVersion: "v1", kind: "Binding", metadata: { name: "p", uid: created.metadata.uid }, target };
  stage.ask({
    verb: "create",
    resource: "pods",
    namespace: "default",
    name: "p",
    subresource: "binding",
    body: JSON.stringify(body),
  });
  stage.simulation.advance(30_000);
  const place = nodeOn(stage.pod("p"));
  assert.ok(place);
  assert.equal(stage.dataOf().core.cache.pod(created.metadata.uid ?? "")?.node, place);
  assert.equal(stage.dataOf().core.queue.get(created.metadata.uid ?? ""), undefined);
});

test("a crashed scheduler takes up where it was", () => {
  const stage = stageOf();
  stage.addNode({ name: "a" });
  for (let index = 0; index < 50; index++) stage.addPod({ name: `p${index}`, requests: { cpu: "50m" } });
  assert.ok(stage.until(() => stage.pods().some((pod) => nodeOn(pod) !== undefined)));
  stage.simulation.crashNow("scheduler-0", "test");
  assert.ok(stage.until(() => stage.pods().every((pod) => nodeOn(pod) === "a")));
});

const worlds = fc.record({
  seed: fc.nat(1e6),
  nodes: fc.integer({ min: 1, max: 4 }),
  pods: fc.integer({ min: 1, max: 30 }),
  schedulers: fc.integer({ min: 1, max: 2 }),
  crashes: fc.array(fc.integer({ min: 100, max: 4_000 }), { maxLength: 3 }),
  cutMs: fc.constantFrom(0, 0, 3_000, 25_000),
});

property(
  "whatever is lost or crashes, no node is over-committed, no binding changes, and no pod waits that would fit",
  [worlds],
  ({ seed, nodes, pods, schedulers, crashes, cutMs }) => {
    const stage = stageOf({ seed, schedulers });
    for (let index = 0; index < nodes; index++) stage.addNode({ name: `n${index}`, allocatable: { cpu: "2" } });
    for (let index = 0; index < pods; index++) stage.addPod({ name: `p${index}`, requests: { cpu: "300m" } });
    const heal =
      cutMs > 0
        ? stage.simulation.faults.begin({ kind: "partition", parameters: { from: ["scheduler-0"], to: ["api"] } })
        : () => {};
    stage.simulation.advance(cutMs);
    heal();
    for (const afterMs of crashes) {
      stage.simulation.advance(afterMs);
      stage.simulation.crashNow("scheduler-0", "test");
    }
    const room = nodes * 6;
    const placed = () => stage.pods().filter((pod) => nodeOn(pod) !== undefined);
    assert.ok(
      stage.until(() => placed().length === Math.min(room, pods), 120_000),
      `${placed().length} of ${pods} placed`,
    );
    stage.simulation.advance(5_000);
    for (let index = 0; index < nodes; index++) {
      assert.ok(placed().filter((pod) => nodeOn(pod) === `n${index}`).length <= 6);
    }
    assert.deepEqual(stage.simulation.failures(), []);
  },
  { runs: 25 },
);

test("the chart also runs under XState's own createActor", () => {
  const { step, next, takeEffects } = createStep({ self: "scheduler", parent: "", incarnation: 0, randomKey: 1 });
  next(0, 0);
  within(step, () => {
    const actor = createActor(schedulerMachine, { input: { servers: ["api"] } }).start();
    assert.equal(actor.getSnapshot().value, "standby");
    assert.ok(takeEffects().some((effect) => effect.kind === "ask"));
    actor.send({ type: "stop" });
    assert.equal(actor.getSnapshot().status, "done");
  });
});
