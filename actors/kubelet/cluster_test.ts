import { assert, test } from "../../properties/house/test.ts";
import { createLab, type Lab } from "../../properties/stages/apiserver/lab.ts";
import { computer } from "../computer/definition.ts";
import type { ComputerInput } from "../computer/messages.ts";
import { simulatedRuntime } from "../cri/played/simulated_device.ts";
import { kubelet } from "./definition.ts";
import type { KubeletInput } from "./messages.ts";

const namespace = "default";
const computerAddress = "computer/node-1";

/** One kubelet before real API servers over the real store. */
function cluster(seed: number) {
  const runtime = simulatedRuntime();
  const lab = createLab({ seed, servers: 2, stores: 3, actors: [kubelet, computer], devices: [runtime] });
  const input: KubeletInput = {
    node: "node-1",
    apiServers: ["apiserver-0", "apiserver-1"],
    podCidr: "10.244.1.0/24",
    computer: computerAddress,
  };
  const below: ComputerInput = { node: "node-1", nodeIp: "192.168.0.1", kubelet: "node-1", routes: [], hosts: {} };
  lab.simulation.spawnNow({ name: computerAddress, kind: "computer", input: below });
  lab.simulation.spawnNow({ name: "node-1", kind: "kubelet", input, restartsMax: 100 });
  const isUp = () => lab.simulation.report("node-1")?.phase === "running.connected";
  assert.ok(lab.simulation.runUntil(isUp, lab.simulation.uptimeMs() + 20_000), lab.simulation.report("node-1")?.phase);
  return { lab, runtime };
}

function podNamed(name: string, spec: object = {}) {
  const containers = [{ name: "nginx", image: "nginx:1.27" }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { nodeName: "node-1", containers, ...spec } };
}

/** Lets time pass until the pod is in that phase; gives back its status. */
function awaitPhase(lab: Lab, name: string, phase: string) {
  for (let tries = 0; tries < 100; tries++) {
    const { code, body } = lab.call("get", "pods", { namespace, name });
    if ((code === 404 ? "gone" : body.status.phase) === phase) return body.status;
    lab.simulation.advance(200);
  }
  return assert.fail(`${name} is not ${phase}: ${JSON.stringify(lab.call("get", "pods", { namespace, name }).body)}`);
}

test("a kubelet registers with real API servers, runs a pod, reports it and deletes it", () => {
  const { lab, runtime } = cluster(1);
  const node = lab.call("get", "nodes", { name: "node-1" }).body;
  assert.equal(node.status.conditions.at(-1).reason, "KubeletReady");
  lab.simulation.advance(100);
  assert.equal(lab.call("get", "leases", { namespace: "kube-node-lease", name: "node-1" }).code, 200);
  assert.equal(lab.call("create", "pods", { namespace, body: podNamed("web") }).code, 201);
  awaitPhase(lab, "web", "Running");
  lab.simulation.advance(2_000);
  const { status } = lab.call("get", "pods", { namespace, name: "web" }).body;
  assert.equal(status.podIP, "10.244.1.2");
  assert.equal(status.qosClass, "BestEffort");
  assert.equal(status.containerStatuses[0].ready, true);
  assert.equal(status.conditions.find((each: { type: string }) => each.type === "Ready").status, "True");
  const events = lab.call("list", "events", { namespace }).body.items.map((each: { reason: string }) => each.reason);
  assert.deepEqual([...new Set(events)].sort(), [
    ...["Created", "NodeHasNoDiskPressure", "NodeHasSufficientMemory", "NodeHasSufficientPID", "NodeReady"],
    ...["Pulled", "Pulling", "Started", "Starting"],
  ]);
  lab.call("delete", "pods", { namespace, name: "web" });
  awaitPhase(lab, "web", "gone");
  lab.simulation.advance(1_000);
  assert.deepEqual(runtime.inspect(computerAddress), { sandboxes: [], containers: [] });
});

test("a kubelet writes nothing but its heartbeat while nothing changes", () => {
  const { lab } = cluster(2);
  lab.call("create", "pods", { namespace, body: podNamed("web") });
  awaitPhase(lab, "web", "Running");
  lab.simulation.advance(5_000);
  const versionOf = () => lab.call("get", "pods", { namespace, name: "web" }).body.metadata.resourceVersion;
  const before = versionOf();
  lab.simulation.advance(700_000);
  assert.equal(versionOf(), before);
});

test("a pod runs to its end though API servers, store replicas and the kubelet crash", () => {
  const { lab } = cluster(3);
  const containers = [{ name: "job", image: "busybox:1", command: ["sh", "-c", "sleep 8; exit 0"] }];
  lab.call("create", "pods", { namespace, body: podNamed("job", { restartPolicy: "Never", containers }) });
  for (const address of ["apiserver-0", "node-1", "store-0", "node-1", "apiserver-1"]) {
    lab.simulation.crashNow(address, "for the test");
    lab.simulation.advance(1_500);
  }
  lab.simulation.advance(10_000);
  const status = awaitPhase(lab, "job", "Succeeded");
  assert.equal(status.containerStatuses[0].restartCount, 0);
  assert.equal(status.containerStatuses[0].state.terminated.reason, "Completed");
});
