import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { type ControllerLab, createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { addNodes } from "../../../properties/stages/controllers/nodes.ts";
import { neverReady } from "../../../properties/stages/controllers/pod_runner.ts";
import type { ControllerData } from "../machine.ts";
import { targetNode } from "./daemon_set/placement.ts";

const namespace = "default";
const loops = ["daemon-set"];
const merge = "application/merge-patch+json";
const labels = { app: "agent" };

interface AgentOptions {
  readonly strategy?: object;
  readonly template?: object;
  readonly annotations?: object;
  readonly spec?: object;
}

function agent({ strategy, template = {}, annotations, spec = {} }: AgentOptions = {}): object {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent" },
    spec: {
      selector: { matchLabels: labels },
      ...(strategy && { updateStrategy: strategy }),
      template: {
        metadata: { labels, ...(annotations && { annotations }) },
        spec: { containers: [{ name: "c", image: "agent:1" }], ...template },
      },
      ...spec,
    },
  };
}

function begin(nodes: readonly string[], options: AgentOptions = {}): ControllerLab {
  const lab = createControllerLab({ loops });
  addNodes(lab, nodes);
  assert.equal(lab.call("create", "daemonsets", { namespace, body: agent(options) }).code, 201);
  return lab;
}

function change(lab: ControllerLab, spec: object): void {
  assert.equal(
    lab.call("patch", "daemonsets", { namespace, name: "agent", body: { spec }, contentType: merge }).code,
    200,
  );
}

const setImage = (lab: ControllerLab, image: string, template: object = {}) =>
  change(lab, { template: { ...template, spec: { containers: [{ name: "c", image }] } } });

const changeNode = (lab: ControllerLab, name: string, body: object) =>
  assert.equal(lab.call("patch", "nodes", { name, body, contentType: merge }).code, 200);

const alive = (lab: ControllerLab) =>
  lab.all("pods").filter(({ metadata }) => metadata.deletionTimestamp === undefined);
const places = (lab: ControllerLab) => alive(lab).map(targetNode).sort();
const imagesOf = (lab: ControllerLab) =>
  alive(lab)
    .map(({ spec }) => spec.containers[0].image)
    .sort();
const status = (lab: ControllerLab) => lab.one("daemonsets", "agent").status;
const reasons = (lab: ControllerLab) => lab.all("events").map(({ reason }) => reason);

function isSettled(lab: ControllerLab, nodes: number): boolean {
  const { desiredNumberScheduled, numberAvailable = 0, updatedNumberScheduled = 0, observedGeneration } = status(lab);
  const { generation } = lab.one("daemonsets", "agent").metadata;
  const isDone = [numberAvailable, updatedNumberScheduled, lab.all("pods").length].every((each) => each === nodes);
  return observedGeneration === generation && desiredNumberScheduled === nodes && isDone;
}

test("daemonSet makes one pod for each node, meant for it, tolerant of its troubles, and marked by its revision", () => {
  const lab = begin(["a", "b"], {
    template: { hostNetwork: true, tolerations: [{ key: "mine", operator: "Exists" }] },
  });
  assert.ok(lab.until(() => isSettled(lab, 2)));
  assert.deepEqual(places(lab), ["a", "b"]);
  const [revision, ...others] = lab.all("controllerrevisions");
  assert.equal(others.length, 0);
  const hash = revision.metadata.labels["controller-revision-hash"];
  assert.equal(revision.metadata.name, `agent-${hash}`);
  assert.deepEqual(revision.data.spec.template.$patch, "replace");
  for (const { metadata, spec } of lab.all("pods")) {
    assert.match(metadata.name, /^agent-[a-z0-9]{5}$/);
    assert.deepEqual(metadata.labels, { ...labels, "controller-revision-hash": hash, "pod-template-generation": "1" });
    assert.equal(metadata.ownerReferences[0].kind, "DaemonSet");
    const words = spec.tolerations.map((each: { key: string; effect?: string }) => `${each.key} ${each.effect ?? ""}`);
    assert.deepEqual(words, [
      "mine ",
      "node.kubernetes.io/not-ready NoExecute",
      "node.kubernetes.io/unreachable NoExecute",
      "node.kubernetes.io/disk-pressure NoSchedule",
      "node.kubernetes.io/memory-pressure NoSchedule",
      "node.kubernetes.io/pid-pressure NoSchedule",
      "node.kubernetes.io/unschedulable NoSchedule",
      "node.kubernetes.io/network-unavailable NoSchedule",
    ]);
  }
  assert.deepEqual(status(lab), {
    currentNumberScheduled: 2,
    numberMisscheduled: 0,
    desiredNumberScheduled: 2,
    numberReady: 2,
    observedGeneration: 1,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
  });
});

test("daemonSet follows nodes that come, change their labels, are tainted and go", () => {
  const lab = begin(["a", "b"], { template: { nodeSelector: { disk: "ssd" } } });
  lab.simulation.advance(500);
  assert.deepEqual(places(lab), []);
  changeNode(lab, "a", { metadata: { labels: { disk: "ssd" } } });
  addNodes(lab, ["c"], { disk: "ssd" });
  assert.ok(lab.until(() => isSettled(lab, 2)));
  assert.deepEqual(places(lab), ["a", "c"]);
  changeNode(lab, "c", { spec: { taints: [{ key: "gpu", effect: "NoSchedule" }] } });
  assert.ok(lab.until(() => status(lab).numberMisscheduled === 1));
  assert.deepEqual(places(lab), ["a", "c"], "who is there already may stay");
  changeNode(lab, "c", { spec: { taints: [{ key: "gpu", effect: "NoExecute" }] } });
  changeNode(lab, "a", {
    spec: { unschedulable: true, taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }] },
  });
  assert.ok(lab.until(() => isSettled(lab, 1)));
  assert.deepEqual(places(lab), ["a"]);
  lab.call("delete", "nodes", { name: "a" });
  assert.ok(lab.until(() => status(lab).desiredNumberScheduled === 0));
});

test("daemonSet takes a pod that nobody has bound from a node that is gone", () => {
  const lab = begin(["a", "b"]);
  assert.ok(lab.until(() => isSettled(lab, 2)));
  lab.call("delete", "nodes", { name: "b" });
  assert.ok(lab.until(() => places(lab).join() === "a"));
});

test("daemonSet replaces within maxUnavailable when its template changes, and keeps the former as a revision", () => {
  const nodes = ["a", "b", "c", "d"];
  const lab = begin(nodes, { strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "50%" } } });
  assert.ok(lab.until(() => isSettled(lab, 4)));
  setImage(lab, "agent:2", { metadata: { annotations: { [neverReady]: "yes" } } });
  lab.simulation.advance(5_000);
  assert.deepEqual(imagesOf(lab), ["agent:1", "agent:1", "agent:2", "agent:2"]);
  setImage(lab, "agent:3", { metadata: { annotations: null } });
  assert.ok(lab.until(() => isSettled(lab, 4)));
  assert.deepEqual(imagesOf(lab), Array(4).fill("agent:3"));
  assert.deepEqual(
    lab
      .all("controllerrevisions")
      .map(({ revision }) => revision)
      .sort(),
    [1, 2, 3],
  );
  setImage(lab, "agent:1");
  assert.ok(lab.until(() => isSettled(lab, 4)));
  assert.deepEqual(
    lab
      .all("controllerrevisions")
      .map(({ revision }) => revision)
      .sort(),
    [2, 3, 4],
  );
});

test("daemonSet with surge makes the new pod first, and takes the old one when the new one is available", () => {
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
  const lab = begin(["a", "b"], { strategy });
  assert.ok(lab.until(() => isSettled(lab, 2)));
  setImage(lab, "agent:2", { metadata: { annotations: { [neverReady]: "yes" } } });
  lab.simulation.advance(5_000);
  assert.deepEqual(imagesOf(lab), ["agent:1", "agent:1", "agent:2"]);
  setImage(lab, "agent:3", { metadata: { annotations: null } });
  let fewest = 2;
  const done = lab.until(() => {
    fewest = Math.min(fewest, alive(lab).filter((each) => each.status.conditions?.[0]?.status === "True").length);
    return isSettled(lab, 2);
  });
  assert.ok(done);
  assert.equal(fewest, 2);
  assert.deepEqual(imagesOf(lab), ["agent:3", "agent:3"]);
});

test("daemonSet with OnDelete leaves old pods alone until somebody deletes them", () => {
  const lab = begin(["a", "b"], { strategy: { type: "OnDelete" } });
  assert.ok(lab.until(() => isSettled(lab, 2)));
  setImage(lab, "agent:2");
  lab.simulation.advance(5_000);
  assert.deepEqual(imagesOf(lab), ["agent:1", "agent:1"]);
  lab.call("delete", "pods", { namespace, name: alive(lab)[0].metadata.name, body: { gracePeriodSeconds: 0 } });
  assert.ok(lab.until(() => imagesOf(lab).join() === "agent:1,agent:2"));
});

test("daemonSet keeps no more former revisions than asked for, but those that have pods", () => {
  const lab = begin(["a"], { spec: { revisionHistoryLimit: 1 } });
  for (const version of [2, 3, 4]) {
    assert.ok(lab.until(() => isSettled(lab, 1)));
    setImage(lab, `agent:${version}`);
  }
  assert.ok(lab.until(() => isSettled(lab, 1)));
  lab.simulation.advance(1_000);
  assert.deepEqual(
    lab
      .all("controllerrevisions")
      .map(({ revision }) => revision)
      .sort(),
    [3, 4],
  );
});

test("daemonSet replaces failed pods, each time after a longer while, and says so", () => {
  const lab = createControllerLab({ loops, runsPods: false });
  addNodes(lab, ["a"]);
  lab.call("create", "daemonsets", { namespace, body: agent() });
  const times: number[] = [];
  for (let count = 0; count < 5; count++) {
    assert.ok(lab.until(() => alive(lab)[0]?.status.phase === "Pending"));
    times.push(lab.simulation.uptimeMs());
    const [{ metadata }] = alive(lab);
    const body = { status: { phase: "Failed", reason: "NodeAffinity" } };
    lab.call("patch", "pods", { namespace, name: metadata.name, subresource: "status", body, contentType: merge });
  }
  const waits = times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / 1000));
  assert.deepEqual(waits, [0, 1, 2, 4]);
  assert.equal(reasons(lab).filter((each) => each === "FailedDaemonPod").length, 4);
});

test("daemonSet adopts a pod that it selects, releases one that it does not, and ends the second of a node", () => {
  const lab = createControllerLab({ loops });
  addNodes(lab, ["a"]);
  const spec = { nodeName: "a", containers: [{ name: "c", image: "agent:1" }] };
  const body = { apiVersion: "v1", kind: "Pod", metadata: { name: "stray", labels }, spec };
  lab.call("create", "pods", { namespace, body });
  lab.simulation.advance(500);
  lab.call("create", "daemonsets", { namespace, body: agent({ strategy: { type: "OnDelete" } }) });
  assert.ok(lab.until(() => status(lab).numberReady === 1));
  assert.deepEqual(
    lab.all("pods").map(({ metadata }) => metadata.name),
    ["stray"],
  );
  lab.call("patch", "pods", {
    namespace,
    name: "stray",
    body: { metadata: { labels: { app: "other" } } },
    contentType: merge,
  });
  assert.ok(lab.until(() => lab.all("pods").length === 2 && !lab.one("pods", "stray").metadata.ownerReferences));
  lab.call("patch", "pods", { namespace, name: "stray", body: { metadata: { labels } }, contentType: merge });
  assert.ok(lab.until(() => lab.all("pods").length === 1));
});

test("daemonSet takes another hash when another object has its revision's name", () => {
  const first = begin(["a"]);
  assert.ok(first.until(() => isSettled(first, 1)));
  const { name } = first.all("controllerrevisions")[0].metadata;
  const lab = createControllerLab({ loops });
  addNodes(lab, ["a"]);
  const body = {
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: { name },
    data: { other: 1 },
    revision: 7,
  };
  assert.equal(lab.call("create", "controllerrevisions", { namespace, body }).code, 201);
  lab.call("create", "daemonsets", { namespace, body: agent() });
  assert.ok(lab.until(() => isSettled(lab, 1)));
  assert.equal(status(lab).collisionCount, 1);
  assert.equal(lab.all("controllerrevisions").length, 2);
});

test("daemonSet leaves alone what somebody does to its revisions, until there is something else to do", () => {
  const lab = begin(["a"]);
  assert.ok(lab.until(() => isSettled(lab, 1)));
  const names = () => lab.all("controllerrevisions").map(({ metadata }) => metadata.name);
  const [first] = lab.all("controllerrevisions");
  const { name, labels: marks, ownerReferences } = first.metadata;
  const metadata = { name: "agent-other", labels: { ...marks, "controller-revision-hash": "other" }, ownerReferences };
  const body = { apiVersion: "apps/v1", kind: "ControllerRevision", metadata, data: first.data, revision: 2 };
  assert.equal(lab.call("create", "controllerrevisions", { namespace, body }).code, 201);
  lab.simulation.advance(5_000);
  assert.deepEqual(names(), [name, "agent-other"]);
  assert.equal(lab.call("delete", "controllerrevisions", { namespace, name }).code, 200);
  setImage(lab, "agent:2");
  assert.ok(lab.until(() => isSettled(lab, 1)));
  assert.deepEqual(
    lab.all("controllerrevisions").map(({ revision }) => revision),
    [3, 2],
  );
});

test("daemonSet makes no second pod for a node when it hears of the first one last", () => {
  for (const seed of [1, 2, 3]) {
    const lab = createControllerLab({ loops, seed, servers: 2 });
    const actor = "manager-0/daemon-set";
    const { reconciler } = lab.simulation.dataOf(actor) as ControllerData;
    addNodes(lab, ["a", "b", "c"]);
    lab.simulation.advance(1_000);
    lab.call("create", "daemonsets", { namespace, body: agent() });
    assert.ok(lab.simulation.runUntil(() => !reconciler.drained(), lab.simulation.uptimeMs() + 1_000));
    // The server falls silent when it was asked for the first pod; later the set is heard of before its pods.
    const parameters = { from: ["apiserver-0"], to: [actor], oneWay: true, probability: 1 };
    lab.simulation.faults.begin({ kind: "loss", parameters });
    const body = { metadata: { annotations: { touched: "yes" } } };
    lab.call("patch", "daemonsets", { namespace, name: "agent", body, contentType: merge, server: 1 });
    let most = 0;
    for (let count = 0; count < 600; count++) {
      lab.simulation.advance(50);
      if (count > 160) most = Math.max(most, lab.all("pods").length);
    }
    assert.equal(most, 3);
  }
});

test("daemonSet writes nothing when nothing changes", () => {
  const lab = begin(["a", "b", "c"]);
  assert.ok(lab.until(() => isSettled(lab, 3)));
  lab.simulation.advance(2_000);
  const versions = () =>
    ["daemonsets", "controllerrevisions", "pods", "events"].flatMap((plural) =>
      lab.all(plural).map(({ metadata }) => metadata.resourceVersion),
    );
  const before = versions();
  lab.simulation.advance(600_000);
  assert.deepEqual(versions(), before);
});

property(
  "daemonSet has one pod on each node again after crashes, lost messages, a rollout and nodes that come and go",
  [fc.nat(1_000), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 20 }), fc.boolean()],
  (seed, size, nth, surges) => {
    const actor = "manager-0/daemon-set";
    const loss = { from: ["*"], to: [actor], probability: 0.2 };
    const lab = createControllerLab({
      loops,
      seed,
      servers: 2,
      faults: [
        { kind: "crash", parameters: { actor }, trigger: { actor, event: "reply", nth }, forMs: 20 },
        { kind: "loss", parameters: loss, trigger: { atMs: 5 }, forMs: 8_000 },
      ],
    });
    const names = Array.from({ length: size }, (_each, index) => `node-${index}`);
    addNodes(lab, names);
    const rollingUpdate = surges ? { maxUnavailable: 0, maxSurge: 1 } : { maxUnavailable: 1 };
    lab.call("create", "daemonsets", {
      namespace,
      body: agent({ strategy: { type: "RollingUpdate", rollingUpdate } }),
    });
    lab.simulation.advance(2_000);
    setImage(lab, "agent:2");
    addNodes(lab, ["late"]);
    lab.simulation.advance(1_000);
    lab.call("delete", "nodes", { name: "node-0" });
    lab.simulation.advance(8_000);
    lab.simulation.faults.heal();
    // Pods of the node that is gone are the pod garbage collector's.
    const wanted = [...names.slice(1), "late"].sort();
    const now = () => alive(lab).filter((each) => targetNode(each) !== "node-0");
    const isDone = () =>
      now().map(targetNode).sort().join() === wanted.join() && imagesOf(lab).every((each) => each === "agent:2");
    assert.ok(lab.until(isDone, 120_000));
    lab.simulation.advance(2_000);
    assert.ok(isDone());
  },
  { runs: 5 },
);
