import { createActor } from "xstate";
import { faultIn } from "../../properties/arbitraries/places.ts";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { type ControllerLab, createControllerLab, deploymentNamed } from "../../properties/stages/controllers/lab.ts";
import { within } from "../../runtime/core/machine.ts";
import { createStep } from "../../runtime/core/step.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import { controller } from "./definition.ts";
import type { ControllerData } from "./machine.ts";
import { controllerManager, type ManagerData } from "./manager.ts";

const namespace = "default";
const managers = ["manager-0", "manager-1"] as const;

const phase = (lab: ControllerLab, address: string) => lab.simulation.report(address)?.phase;
const leaders = (lab: ControllerLab) => managers.filter((each) => phase(lab, each) === "leading");
const lease = (lab: ControllerLab) => lab.one("leases", "kube-controller-manager", "kube-system").spec;
const children = (lab: ControllerLab, manager: string) =>
  lab.simulation.addresses().filter((each) => each.startsWith(`${manager}/`));

function leaderOf(lab: ControllerLab): string {
  const [leader, ...others] = leaders(lab);
  assert.equal(others.length, 0);
  assert.ok(leader !== undefined);
  return leader;
}

test("controllerManager leads alone: of two, one has the Lease and controllers, the other waits", () => {
  const lab = createControllerLab({ managers: 2 });
  lab.simulation.advance(30_000);
  const leader = leaderOf(lab);
  assert.equal(lease(lab).holderIdentity, `${leader}_0`);
  assert.equal(lease(lab).leaseTransitions, 0);
  assert.ok(children(lab, leader).length > 5);
  for (const other of managers) if (other !== leader) assert.deepEqual(children(lab, other), []);
});

test("controllerManager takes over when the leader is gone for good, once its Lease has run out", () => {
  const lab = createControllerLab({ managers: 2 });
  lab.simulation.advance(20_000);
  const before = leaderOf(lab);
  lab.simulation.faults.begin({ kind: "crash", parameters: { actor: before } });
  lab.simulation.advance(10_000);
  assert.deepEqual(leaders(lab), []);
  assert.ok(lab.until(() => leaders(lab).length === 1, 15_000));
  assert.notEqual(leaderOf(lab), before);
  assert.equal(lease(lab).leaseTransitions, 1);
  assert.equal(lab.call("create", "deployments", { namespace, body: deploymentNamed("web") }).code, 201);
  assert.ok(lab.until(() => lab.one("deployments", "web").status.availableReplicas === 3));
});

test("controllerManager that is stopped gives its Lease back, so that the other need not wait", () => {
  const lab = createControllerLab({ managers: 2 });
  lab.simulation.advance(20_000);
  const before = leaderOf(lab);
  void lab.simulation.stop(before);
  assert.ok(lab.until(() => leaders(lab).length === 1, 6_000));
  assert.notEqual(leaderOf(lab), before);
});

test("controllerManager that cannot renew dismisses its controllers before another one leads", () => {
  const lab = createControllerLab({ managers: 2, servers: 2 });
  lab.simulation.advance(20_000);
  const before = leaderOf(lab);
  lab.simulation.faults.begin({
    kind: "partition",
    parameters: { from: [before], to: ["apiserver-0", "apiserver-1"] },
  });
  const overlap = () => leaders(lab).length > 1 || managers.filter((each) => children(lab, each).length > 0).length > 1;
  let sawOverlap = false;
  const tookOver = lab.until(() => {
    sawOverlap ||= overlap();
    return leaders(lab).some((each) => each !== before);
  }, 40_000);
  assert.ok(tookOver && !sawOverlap);
  assert.equal(phase(lab, before), "standby");
});

test("a controller whose manager is paused writes nothing once the Lease could have run out", () => {
  const lab = createControllerLab({ managers: 1 });
  lab.simulation.advance(10_000);
  lab.simulation.faults.begin({ kind: "pause", parameters: { actor: "manager-0" } });
  lab.simulation.advance(12_000);
  lab.call("create", "deployments", { namespace, body: deploymentNamed("web") });
  lab.simulation.advance(5_000);
  assert.equal(lab.all("replicasets").length, 0);
  lab.simulation.faults.heal();
  assert.ok(lab.until(() => lab.one("deployments", "web").status.availableReplicas === 3));
});

test("a controller that crashes is started again, and one that keeps crashing takes its manager along", () => {
  const lab = createControllerLab();
  lab.simulation.crashNow("manager-0/deployment", "test");
  assert.ok(lab.until(() => phase(lab, "manager-0/deployment") === "running", 10_000));
  assert.equal(lab.simulation.report("manager-0/deployment")?.incarnation, 1);
  for (let count = 0; count < 6; count++) {
    lab.simulation.crashNow("manager-0/deployment", "test");
    lab.simulation.advance(2_000);
  }
  assert.equal(lab.simulation.report("manager-0")?.incarnation, 1);
});

property(
  "controllers bring a Deployment up whichever of them crashes, at whichever of its events",
  [fc.constantFrom("deployment", "replica-set", ""), fc.integer({ min: 1, max: 25 }), fc.nat(500)],
  (loop, nth, seed) => {
    const actor = loop === "" ? "manager-0" : `manager-0/${loop}`;
    const faults: Fault[] = [
      { kind: "crash", parameters: { actor }, trigger: { actor, event: "reply", nth }, forMs: 100 },
    ];
    const loops = ["deployment", "replica-set"];
    const lab = createControllerLab({ seed, loops, faults });
    lab.call("create", "deployments", { namespace, body: deploymentNamed("web") });
    lab.simulation.advance(20_000);
    const done = () => lab.one("deployments", "web").status.availableReplicas === 3 && lab.all("pods").length === 3;
    assert.ok(lab.until(done, 60_000));
    lab.simulation.advance(1_000);
    assert.ok(done());
  },
  { runs: 10 },
);

const who = ["manager-0", "manager-1", "apiserver-0", "apiserver-1"];
const places = { actors: who, clocks: who, disks: [], streams: [], links: { from: who } };
const troubles = fc.array(
  faultIn(places, {
    trigger: fc.integer({ min: 2_000, max: 60_000 }).map((atMs) => ({ atMs })),
    forMs: fc.integer({ min: 500, max: 30_000 }),
  }),
  { maxLength: 5 },
);

property(
  "of two controller managers never two hold that they lead, and after all troubles one does",
  [troubles, fc.nat(1_000)],
  (faults, seed) => {
    const lab = createControllerLab({
      seed,
      faults,
      managers: 2,
      servers: 2,
      loops: ["service-account"],
      runsPods: false,
    });
    const holds = (manager: string) => {
      const data = lab.simulation.dataOf(manager) as ManagerData | undefined;
      return data !== undefined && data.election.leadsUntilMs() > lab.simulation.uptimeMs();
    };
    lab.simulation.onStep(() => assert.ok(!managers.every(holds), `both lead at ${lab.simulation.uptimeMs()}`));
    lab.simulation.advance(90_000);
    lab.simulation.faults.heal();
    assert.ok(lab.until(() => leaders(lab).length === 1 && managers.some(holds), 60_000));
  },
  { runs: 12 },
);

test("the charts of controller and manager run under XState's own createActor", () => {
  const { step } = createStep({ self: "manager/deployment", parent: "manager", incarnation: 0, randomKey: 1 });
  within(step, () => {
    const one = createActor(controller.machine, { input: { loop: "deployment", servers: ["apiserver-0"] } }).start();
    assert.equal(one.getSnapshot().value, "syncing");
    one.send({ type: "stop" });
    assert.equal(one.getSnapshot().value, "stopped");
    const waiting = createActor(controller.machine, {
      input: { loop: "deployment", servers: ["apiserver-0"], leads: "parent" },
    }).start();
    assert.equal(waiting.getSnapshot().value, "standby");
    waiting.send({ type: "controller.lease", body: { type: "controller.lease", forMs: 1_000 } });
    assert.equal(waiting.getSnapshot().value, "syncing");
    assert.equal((waiting.getSnapshot().context.data as ControllerData).loop.name, "deployment");
    const manager = createActor(controllerManager.machine, { input: { servers: ["apiserver-0"] } }).start();
    assert.equal(manager.getSnapshot().value, "standby");
  });
});
