import { assert, test } from "../../properties/house/test.ts";
import {
  awaitPhase,
  realApiStage as cluster,
  computerAddress,
  podNamed,
} from "../../properties/stages/kubelet/real_api_stage.ts";

const namespace = "default";

test("a kubelet registers with real API servers, runs a pod, reports it and deletes it", () => {
  const { lab, runtime } = cluster(1);
  const node = lab.call("get", "nodes", { name: "node-1" }).body;
  assert.equal(node.status.conditions.at(-1).reason, "KubeletReady");
  assert.deepEqual(node.status.features, { supplementalGroupsPolicy: true });
  const features = { recursiveReadOnlyMounts: true, userNamespaces: true };
  assert.deepEqual(node.status.runtimeHandlers, [
    { name: "", features },
    { name: "runc", features },
    { name: "test-handler", features },
  ]);
  lab.simulation.advance(100);
  assert.equal(lab.call("get", "leases", { namespace: "kube-node-lease", name: "node-1" }).code, 200);
  const volumeMounts = [
    { name: "v", mountPath: "/a" },
    { name: "v", mountPath: "/b", readOnly: true },
    { name: "v", mountPath: "/c", readOnly: true, recursiveReadOnly: "IfPossible" },
  ];
  const containers = [{ name: "nginx", image: "nginx:1.27", volumeMounts }];
  const body = podNamed("web", { containers, volumes: [{ name: "v", emptyDir: {} }] });
  assert.equal(lab.call("create", "pods", { namespace, body }).code, 201);
  awaitPhase(lab, "web", "Running");
  lab.simulation.advance(2_000);
  const { status } = lab.call("get", "pods", { namespace, name: "web" }).body;
  const [told] = status.containerStatuses;
  assert.deepEqual(told.user, { linux: { uid: 0, gid: 0, supplementalGroups: [0] } });
  assert.deepEqual(told.volumeMounts.slice(0, -1), [
    { name: "v", mountPath: "/a" },
    { name: "v", mountPath: "/b", readOnly: true, recursiveReadOnly: "Disabled" },
    { name: "v", mountPath: "/c", readOnly: true, recursiveReadOnly: "Enabled" },
  ]);
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

test("a kubelet that is to have a CSINode tells of the cluster's own driver, and of the one that counts volumes", () => {
  const target = { group: "storage.k8s.io", name: "node-1" };
  const written = (lab: ReturnType<typeof cluster>["lab"]) => {
    lab.simulation.advance(1_000);
    const { metadata, spec } = lab.call("get", "csinodes", target).body;
    const { uid } = lab.call("get", "nodes", { name: "node-1" }).body.metadata;
    assert.deepEqual(metadata.ownerReferences, [{ apiVersion: "v1", kind: "Node", name: "node-1", uid }]);
    assert.match(metadata.annotations["storage.alpha.kubernetes.io/migrated-plugins"], /^kubernetes\.io\/aws-ebs,/);
    return spec.drivers;
  };
  const own = { name: "disk.csi.kubetroupe.dev", nodeID: "node-1" };
  assert.deepEqual(written(cluster(7, { hasCsiNode: true }).lab), [own]);
  const volumeDriver = { name: "disk.csi.aurora.kubetroupe.dev", topologyKeys: ["zone"], attachMax: 8 };
  const rented = { name: volumeDriver.name, nodeID: "m-1", topologyKeys: ["zone"], allocatable: { count: 8 } };
  assert.deepEqual(written(cluster(8, { hasCsiNode: true, volumeDriver, machine: "m-1" }).lab), [own, rented]);
  const { lab } = cluster(9);
  lab.simulation.advance(1_000);
  assert.equal(lab.call("get", "csinodes", target).code, 404);
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
