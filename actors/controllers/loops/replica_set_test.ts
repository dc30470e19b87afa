import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { expectationsIgnored } from "../../../properties/mutations/expectations_ignored.ts";
import * as labs from "../../../properties/stages/controllers/lab.ts";
import { type ControllerLab, createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import type { ControllerData } from "../machine.ts";

const namespace = "default";
const loops = ["replica-set"];

function setNamed(name: string, spec: object = {}): object {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "web:1" }] } };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name },
    spec: { replicas: 3, selector: { matchLabels: labels }, template, ...spec },
  };
}

function apply(lab: ControllerLab, name: string, spec: object = {}) {
  const { code, body } = lab.call("create", "replicasets", { namespace, body: setNamed(name, spec) });
  assert.equal(code, 201);
  return body;
}

function scale(lab: ControllerLab, name: string, replicas: number) {
  const contentType = "application/merge-patch+json";
  lab.call("patch", "replicasets", { namespace, name, body: { spec: { replicas } }, contentType });
}

const alive = (lab: ControllerLab) => lab.all("pods").filter((each) => each.metadata.deletionTimestamp === undefined);

function isSettled(lab: ControllerLab, name: string): boolean {
  const { spec, status } = lab.one("replicasets", name);
  return (status.readyReplicas ?? 0) === spec.replicas && (status.replicas ?? 0) === spec.replicas;
}

test("replicaSet makes its pods from the template, and their controller is it", () => {
  const lab = createControllerLab({ loops });
  const { metadata } = apply(lab, "web");
  assert.ok(lab.until(() => isSettled(lab, "web")));
  for (const pod of lab.all("pods")) {
    assert.match(pod.metadata.name, /^web-[a-z0-9]{5}$/);
    assert.equal(pod.metadata.generateName, "web-");
    assert.deepEqual(pod.metadata.ownerReferences, [
      {
        apiVersion: "apps/v1",
        kind: "ReplicaSet",
        name: "web",
        uid: metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  }
});

test("replicaSet replaces a pod that is deleted, and gives up those that are too many", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web");
  assert.ok(lab.until(() => isSettled(lab, "web")));
  const victim = lab.all("pods")[0].metadata.name;
  lab.call("delete", "pods", { namespace, name: victim, body: { gracePeriodSeconds: 0 } });
  lab.simulation.advance(500);
  assert.ok(lab.until(() => isSettled(lab, "web") && alive(lab).length === 3));
  assert.ok(lab.all("pods").every((each) => each.metadata.name !== victim));
  scale(lab, "web", 1);
  assert.ok(lab.until(() => alive(lab).length === 1));
});

test("replicaSet adopts orphans that it selects and releases pods that it no longer selects", () => {
  const lab = createControllerLab({ loops });
  const orphan = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "orphan", labels: { app: "web" } },
    spec: { containers: [{ name: "c", image: "x" }] },
  };
  lab.call("create", "pods", { namespace, body: orphan });
  lab.simulation.advance(200);
  const { metadata } = apply(lab, "web");
  assert.ok(lab.until(() => isSettled(lab, "web")));
  assert.equal(lab.all("pods").length, 3);
  assert.equal(lab.one("pods", "orphan").metadata.ownerReferences[0].uid, metadata.uid);
  const contentType = "application/merge-patch+json";
  lab.call("patch", "pods", {
    namespace,
    name: "orphan",
    body: { metadata: { labels: { app: "other" } } },
    contentType,
  });
  assert.ok(
    lab.until(() => lab.all("pods").length === 4 && lab.one("pods", "orphan").metadata.ownerReferences === undefined),
  );
});

test("replicaSet reports that pods cannot be created, and takes it back when they can", () => {
  const lab = createControllerLab({ loops });
  const labels = { app: "web" };
  const spec = { containers: [{ name: "c", image: "web:1" }] };
  const contentType = "application/merge-patch+json";
  // A finalizer that is no name is found out only when a pod is made of the template.
  apply(lab, "web", { template: { metadata: { labels, finalizers: ["not a name"] }, spec } });
  lab.simulation.advance(1_000);
  const [failure, ...others] = lab.one("replicasets", "web").status.conditions;
  assert.equal(others.length, 0);
  assert.equal(failure.type, "ReplicaFailure");
  assert.equal(failure.reason, "FailedCreate");
  assert.match(failure.message, /^Pod "web-[a-z0-9]{5}" is invalid: metadata\.finalizers/);
  assert.ok(
    lab.all("events").some((each) => each.reason === "FailedCreate" && each.message.startsWith("Error creating: Pod ")),
  );
  const body = { spec: { template: { metadata: { finalizers: null } } } };
  lab.call("patch", "replicasets", { namespace, name: "web", body, contentType });
  assert.ok(lab.until(() => isSettled(lab, "web")));
  lab.simulation.advance(1_000);
  assert.equal(lab.one("replicasets", "web").status.conditions, undefined);
});

test("replicaSet waits until a pod has been ready for long enough before it is available", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web", { minReadySeconds: 30 });
  assert.ok(lab.until(() => isSettled(lab, "web")));
  assert.equal(lab.one("replicasets", "web").status.availableReplicas, undefined);
  assert.ok(lab.until(() => lab.one("replicasets", "web").status.availableReplicas === 3, 35_000));
});

/** The most pods that there ever were, while the controller hears only part of what it did, and that late. */
function podsAtMost(seed: number): number {
  const lab = createControllerLab({ loops, seed });
  const parameters = { from: ["apiserver-0"], to: ["manager-0/replica-set"], oneWay: true, probability: 0.3 };
  lab.simulation.faults.begin({ kind: "loss", parameters });
  apply(lab, "web", { replicas: 8 });
  let most = 0;
  for (let count = 0; count < 100; count++) {
    lab.simulation.advance(200);
    // It looks again and again while the pods that it made are still on their way to its mirror.
    const body = { metadata: { annotations: { touched: String(count) } } };
    lab.call("patch", "replicasets", { namespace, name: "web", body, contentType: "application/merge-patch+json" });
    most = Math.max(most, lab.all("pods").length);
  }
  lab.simulation.faults.heal();
  assert.ok(lab.until(() => isSettled(lab, "web")));
  return most;
}

property(
  "replicaSet makes no pod twice however little it hears",
  [fc.nat(1_000)],
  (seed) => assert.ok(podsAtMost(seed) <= 8),
  { runs: 3 },
);

/** The most pods that there were: the server falls silent when it was asked for the first, later the sets are heard of first. */
function podsAfterSilence(seed: number, { createControllerLab }: typeof labs): number {
  const lab = createControllerLab({ loops, seed, servers: 2 });
  const actor = "manager-0/replica-set";
  const { reconciler } = lab.simulation.dataOf(actor) as ControllerData;
  apply(lab, "web");
  assert.ok(lab.simulation.runUntil(() => !reconciler.drained(), lab.simulation.uptimeMs() + 1_000));
  const parameters = { from: ["apiserver-0"], to: [actor], oneWay: true, probability: 1 };
  lab.simulation.faults.begin({ kind: "loss", parameters });
  const body = { metadata: { annotations: { touched: "yes" } } };
  lab.call("patch", "replicasets", {
    namespace,
    name: "web",
    body,
    contentType: "application/merge-patch+json",
    server: 1,
  });
  let most = 0;
  for (let count = 0; count < 1_500; count++) {
    lab.simulation.advance(20);
    if (count > 400) most = Math.max(most, lab.all("pods").length);
  }
  return most;
}

test("replicaSet makes no pod twice when it hears of its pods last, but does with the defect expectationsIgnored", async () => {
  const seeds = [1, 2, 3];
  assert.deepEqual(
    seeds.map((seed) => podsAfterSilence(seed, labs)),
    [3, 3, 3],
  );
  const mutated = await loadMutated<typeof labs>(expectationsIgnored, "properties/stages/controllers/lab.ts");
  const most = seeds.map((seed) => podsAfterSilence(seed, mutated));
  assert.ok(Math.max(...most) > 3, String(most));
});

test("replicaSet goes on by itself when what it expects is never seen", () => {
  const lab = createControllerLab({ loops });
  apply(lab, "web");
  assert.ok(lab.until(() => isSettled(lab, "web")));
  const { reconciler } = lab.simulation.dataOf("manager-0/replica-set") as ControllerData;
  reconciler.expectations.expect("default/web", { creations: 1, deletions: [] }, lab.simulation.uptimeMs());
  lab.call("delete", "pods", { namespace, name: lab.all("pods")[0].metadata.name, body: { gracePeriodSeconds: 0 } });
  lab.simulation.advance(200_000);
  assert.equal(alive(lab).length, 2);
  assert.ok(lab.until(() => alive(lab).length === 3, 150_000));
});

property(
  "replicaSet has its number of pods again after crashes and lost messages",
  [fc.nat(1_000), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 20 })],
  (seed, replicas, nth) => {
    const actor = "manager-0/replica-set";
    const lab = createControllerLab({
      loops,
      seed,
      servers: 2,
      faults: [
        { kind: "crash", parameters: { actor }, trigger: { actor, event: "reply", nth }, forMs: 20 },
        {
          kind: "loss",
          parameters: { from: ["*"], to: [actor], probability: 0.2 },
          trigger: { atMs: 5 },
          forMs: 8_000,
        },
      ],
    });
    apply(lab, "web", { replicas });
    lab.simulation.advance(10_000);
    lab.simulation.faults.heal();
    assert.ok(lab.until(() => isSettled(lab, "web") && alive(lab).length === replicas, 120_000));
    lab.simulation.advance(2_000);
    assert.equal(alive(lab).length, replicas);
  },
  { runs: 6 },
);
