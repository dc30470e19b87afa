import { createActor } from "xstate";
import { assert, test } from "../../properties/house/test.ts";
import { kubeletAddress, kubeletStage } from "../../properties/stages/kubelet/kubelet_stage.ts";
import { computerAddress } from "../../properties/stages/kubelet/test_computer.ts";
import { within } from "../../runtime/core/machine.ts";
import { createStep } from "../../runtime/core/step.ts";
import type { Frozen, Pod } from "../api/types.ts";
import { ok } from "../kit/result.ts";
import { kubeletMachine } from "./machine.ts";

const nginx = { containers: [{ name: "nginx", image: "nginx:1.27" }] };
const conditionsOf = (pod: Frozen<Pod> | undefined) =>
  Object.fromEntries((pod?.status.conditions ?? []).map(({ type, status, reason }) => [type, reason ?? status]));

test("kubelet registers its node as ready, with its capacity, addresses, labels and versions", () => {
  const stage = kubeletStage({ input: { labels: { "topology.kubernetes.io/zone": "a" }, capacity: { cpu: "2" } } });
  const { metadata, spec, status } = stage.node() ?? assert.fail("no node");
  assert.equal(metadata.labels?.["kubernetes.io/hostname"], "node-1");
  assert.equal(metadata.labels?.["topology.kubernetes.io/zone"], "a");
  assert.equal(spec.podCIDR, "10.244.1.0/24");
  assert.deepEqual([status.capacity?.cpu, status.allocatable?.memory, status.allocatable?.pods], ["2", "8Gi", "110"]);
  assert.match(status.nodeInfo?.kubeletVersion ?? "", /^v1\.34\./);
  assert.equal(status.nodeInfo?.containerRuntimeVersion, "containerd://2.1.4");
  assert.deepEqual(
    status.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`),
    [
      "MemoryPressure=False KubeletHasSufficientMemory",
      "DiskPressure=False KubeletHasNoDiskPressure",
      "PIDPressure=False KubeletHasSufficientPID",
      "Ready=True KubeletReady",
    ],
  );
});

test("kubelet renews its lease every ten seconds and writes its status every five minutes", () => {
  const stage = kubeletStage();
  stage.simulation.advance(299_000);
  const writes = (resource: string) => stage.api.writes.filter((write) => write.resource === resource).length;
  const [renewals, reports] = [writes("leases"), writes("nodes")];
  assert.ok(renewals >= 28 && renewals <= 31, `${renewals} lease writes in 299 s`);
  assert.equal(reports, 1);
  stage.simulation.advance(30_000);
  assert.equal(writes("nodes"), 2);
  assert.equal(stage.lease()?.spec.leaseDurationSeconds, 40);
});

test("kubelet runs a pod that is bound to its node and reports what a kubelet reports", () => {
  const stage = kubeletStage({ images: { nginx: { pullMs: 1_500, sizeBytes: 7 } } });
  stage.createPod("web", nginx);
  stage.simulation.advance(1_000);
  const pulling = stage.pod("web");
  assert.equal(pulling?.status.phase, "Pending");
  assert.deepEqual(pulling.status.containerStatuses?.[0]?.state, { waiting: { reason: "ContainerCreating" } });
  assert.deepEqual(conditionsOf(pulling), {
    PodReadyToStartContainers: "True",
    Initialized: "True",
    Ready: "ContainersNotReady",
    ContainersReady: "ContainersNotReady",
    PodScheduled: "True",
  });
  assert.ok(stage.until(() => stage.pod("web")?.status.phase === "Running"));
  stage.simulation.advance(100);
  const { status, metadata } = stage.pod("web") ?? assert.fail("no pod");
  const [container] = status.containerStatuses ?? [];
  assert.match(container?.containerID ?? "", /^containerd:\/\/[0-9a-f]{64}$/);
  assert.match(container?.imageID ?? "", /^docker\.io\/library\/nginx@sha256:/);
  assert.deepEqual([container?.ready, container?.started, container?.restartCount], [true, true, 0]);
  assert.deepEqual([status.podIP, status.podIPs, status.hostIP], ["10.244.1.2", [{ ip: "10.244.1.2" }], "192.168.0.1"]);
  assert.equal(status.qosClass, "BestEffort");
  assert.ok(status.conditions?.every((each) => each.status === "True"));
  const told = stage.events().filter(({ involvedObject }) => involvedObject.uid === metadata.uid);
  assert.deepEqual(
    told.map(({ type, reason, message }) => `${type} ${reason}: ${message}`),
    [
      'Normal Pulling: Pulling image "nginx:1.27"',
      'Normal Pulled: Successfully pulled image "nginx:1.27" in 1.5s (1.5s including waiting). Image size: 7 bytes.',
      "Normal Created: Created container: nginx",
      "Normal Started: Started container nginx",
    ],
  );
});

test("kubelet writes each status once, and nothing at all while nothing changes", () => {
  const stage = kubeletStage();
  stage.createPod("web", nginx);
  stage.simulation.advance(5_000);
  const patches = stage.api.writes.filter(({ resource, verb }) => resource === "pods" && verb === "patch");
  assert.ok(patches.length >= 2 && patches.length <= 3, `${patches.length} status writes`);
  stage.simulation.advance(600_000);
  const later = stage.api.writes.filter(({ resource, verb }) => resource === "pods" && verb === "patch");
  assert.equal(later.length, patches.length);
});

test("kubelet gives a deleted pod its grace period, then deletes it from the API", () => {
  const stage = kubeletStage({ images: { nginx: { stopMs: 20_000 } } });
  stage.createPod("web", nginx);
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  stage.deletePod("web");
  stage.simulation.advance(19_900);
  assert.equal(stage.pod("web")?.status.phase, "Running");
  stage.simulation.advance(200);
  assert.equal(stage.pod("web"), undefined);
  assert.deepEqual(stage.runtime.inspect(computerAddress), { sandboxes: [], containers: [] });
  assert.ok(
    stage.events().some(({ reason, message }) => reason === "Killing" && message === "Stopping container nginx"),
  );
  const ends = stage.api.writes.filter(({ body }) => JSON.stringify(body).includes('"phase":"Succeeded"'));
  assert.match(JSON.stringify(ends[0]?.body), /"terminated":\{"containerID":"containerd:.*"exitCode":0/);
});

test("kubelet kills what does not end within its grace period", () => {
  const stage = kubeletStage({ images: { nginx: { stopMs: 3_600_000 } } });
  stage.createPod("web", { ...nginx, terminationGracePeriodSeconds: 5 });
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  stage.deletePod("web", 5);
  stage.simulation.advance(4_900);
  assert.ok(stage.pod("web"));
  stage.simulation.advance(200);
  assert.equal(stage.pod("web"), undefined);
});

test("kubelet hastens a pod that is deleted again with less time", () => {
  const stage = kubeletStage({ images: { nginx: { stopMs: 3_600_000 } } });
  stage.createPod("web", { ...nginx, terminationGracePeriodSeconds: 600 });
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  stage.deletePod("web", 600);
  stage.simulation.advance(1_000);
  stage.deletePod("web", 5);
  stage.simulation.advance(5_100);
  assert.equal(stage.pod("web"), undefined);
});

test("kubelet runs the preStop hook within the grace period, before the stop signal", () => {
  const stage = kubeletStage();
  const lifecycle = { preStop: { sleep: { seconds: 7 } } };
  stage.createPod("web", { containers: [{ name: "nginx", image: "nginx:1.27", lifecycle }] });
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  stage.deletePod("web");
  stage.simulation.advance(6_900);
  assert.equal(stage.runtime.inspect(computerAddress).containers[0]?.state, "CONTAINER_RUNNING");
  stage.simulation.advance(200);
  assert.equal(stage.pod("web"), undefined);
});

test("kubelet ends the containers of a pod that the API has forgotten", () => {
  const stage = kubeletStage();
  stage.createPod("web", nginx);
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  stage.deletePod("web", 0);
  stage.simulation.advance(3_000);
  assert.deepEqual(stage.runtime.inspect(computerAddress), { sandboxes: [], containers: [] });
});

test("kubelet takes a pod created again under the same name for another one", () => {
  const stage = kubeletStage({ images: { nginx: { stopMs: 10_000 } } });
  stage.createPod("web", nginx);
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  stage.deletePod("web", 0);
  const second = stage.createPod("web", nginx);
  assert.ok(stage.until(() => stage.pod("web")?.status.phase === "Running"));
  stage.simulation.advance(20_000);
  const { sandboxes } = stage.runtime.inspect(computerAddress);
  assert.deepEqual(
    sandboxes.map(({ pod }) => pod.uid),
    [second.metadata.uid],
  );
  assert.equal(stage.pod("web")?.status.phase, "Running");
});

test("kubelet turns away a pod that it has no room for, and says why", () => {
  const stage = kubeletStage({ input: { capacity: { cpu: "1" } } });
  const wanting = (cpu: string) => ({ containers: [{ name: "c", image: "app:1", resources: { requests: { cpu } } }] });
  stage.createPod("first", wanting("600m"));
  stage.createPod("second", wanting("500m"));
  stage.createPod("third", { ...nginx, nodeSelector: { disk: "ssd" } });
  stage.simulation.advance(1_000);
  assert.equal(stage.pod("first")?.status.phase, "Running");
  const { phase, reason, message } = stage.pod("second")?.status ?? {};
  assert.deepEqual([phase, reason], ["Failed", "OutOfcpu"]);
  assert.equal(
    message,
    "Pod was rejected: Node didn't have enough resource: cpu, requested: 500, used: 600, capacity: 1000",
  );
  assert.equal(stage.pod("third")?.status.reason, "NodeAffinity");
});

test("kubelet takes a pod in the place of one that was deleted without grace, though that is still ending", () => {
  const stage = kubeletStage({ input: { capacity: { cpu: "1" } }, images: { "app:1": { stopMs: 10_000 } } });
  const all = { containers: [{ name: "c", image: "app:1", resources: { requests: { cpu: "1" } } }] };
  stage.createPod("first", all);
  assert.ok(stage.until(() => stage.pod("first")?.status.phase === "Running"));
  stage.deletePod("first", 0);
  stage.createPod("second", all);
  assert.ok(stage.until(() => stage.pod("second")?.status.phase === "Running"));
});

test("kubelet turns away a pod that wants a port of its node which another has", () => {
  const stage = kubeletStage();
  const ports = [{ containerPort: 80, hostPort: 8080 }];
  const containers = [{ name: "c", image: "nginx:1.27", ports }];
  stage.createPod("first", { containers });
  assert.ok(stage.until(() => stage.pod("first")?.status.phase === "Running"));
  stage.createPod("second", { containers });
  assert.ok(stage.until(() => stage.pod("second")?.status.phase === "Failed"));
  const { reason, message } = stage.pod("second")?.status ?? {};
  assert.equal(reason, "NodePorts");
  assert.match(message ?? "", /Predicate NodePorts failed: node\(s\) didn't have free ports for the requested/);
});

test("kubelet keeps its pods running while no API server answers, and catches up afterwards", () => {
  const stage = kubeletStage({ images: { "app:1": { exitAfterMs: 60_000 } } });
  stage.createPod("web", nginx);
  stage.createPod("job", { restartPolicy: "Never", containers: [{ name: "c", image: "app:1" }] });
  stage.until(() => stage.pod("job")?.status.phase === "Running");
  const heal = stage.cutOff();
  stage.simulation.advance(120_000);
  assert.match(stage.simulation.report(kubeletAddress)?.phase ?? "", /running\.disconnected/);
  const running = () =>
    stage.runtime.inspect(computerAddress).containers.filter(({ state }) => state.endsWith("RUNNING"));
  assert.deepEqual(
    running().map(({ name }) => name),
    ["nginx"],
  );
  heal();
  assert.ok(stage.until(() => stage.pod("job")?.status.phase === "Succeeded"));
  assert.ok(stage.until(() => stage.simulation.report(kubeletAddress)?.phase === "running.connected"));
});

test("kubelet's machine also runs under XState's own createActor", () => {
  const control = createStep({ self: "node-1", parent: "", incarnation: 0, randomKey: 1 });
  within(control.step, () => {
    const input = { node: "node-1", apiServers: ["api"], podCidr: "10.244.1.0/24", computer: "c" };
    const actor = createActor(kubeletMachine, { input }).start();
    const asked = control.takeEffects().flatMap((effect) => (effect.kind === "ask" ? [effect] : []));
    assert.equal(actor.getSnapshot().value, "booting");
    const answers = [{ runtimeName: "containerd", runtimeVersion: "2.1.4" }, { sandboxes: [] }, { containers: [] }];
    let last = asked.at(-1);
    for (const value of answers) {
      actor.send({ type: "reply", from: "c", ask: last?.id ?? 0, body: ok(value) } as never);
      last = control
        .takeEffects()
        .findLast((effect) => effect.kind === "ask" && JSON.stringify(effect.body).includes("List")) as typeof last;
    }
    assert.equal(actor.getSnapshot().value, "registering");
    actor.send({ type: "stop" } as never);
    assert.equal(actor.getSnapshot().value, "shuttingDown");
    // Its clock is the real one: what waits for it must not outlive the test.
    actor.stop();
  });
});
