import type { Event, KubeObject, Node, Pod, Service } from "../../actors/api/types.ts";
import type { CloudRequest, Instance } from "../../actors/cloud/messages.ts";
import { assert, test } from "../../properties/house/test.ts";
import { type Cluster, createCluster } from "./create_cluster.ts";
import { cloudAddress, type Topology } from "./topology.ts";

const small: Partial<Topology> = { nodes: 0, stores: 1, apiservers: 1 };
const aurora = cloudAddress("aurora");
const namespace = "default";

async function itemsOf<T extends KubeObject>(cluster: Cluster, resource: string) {
  const call = { verb: "list", resource, ...(resource === "nodes" ? {} : { namespace }) } as const;
  return (await cluster.api<{ items: readonly T[] } & KubeObject>(call)).body.items;
}

async function reasonsOf(cluster: Cluster, name: string) {
  const events = await itemsOf<Event>(cluster, "events");
  return events.filter(({ involvedObject }) => involvedObject?.name === name).map(({ reason }) => reason ?? "");
}

async function asked<T>(cluster: Cluster, request: CloudRequest): Promise<T> {
  return ((await cluster.host.ask(aurora, { type: "cloud.call", request } as never, 1_000)) as { value: T }).value;
}

const web = (spec: object = {}) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { type: "LoadBalancer", selector: { app: "web" }, ports: [{ port: 80 }], ...spec },
});

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", labels: { app: "web" } },
  spec: { containers: [{ name: "c", image: "nginx" }] },
};

/** What somebody outside is told at an address; empty: nothing. */
async function fetched(cluster: Cluster, host: string) {
  const client = cluster.dial({ host, port: 80 });
  client.write("GET / HTTP/1.0\r\n\r\n");
  await cluster.wait(3_000);
  return client.take();
}

test("nodes of providers are told what they are, and load balancers of theirs are reached from outside until they go", async () => {
  const clouds = [{ provider: "aurora", nodes: 1 } as const, { provider: "borealis", nodes: 1 } as const];
  await using cluster = await createCluster({ topology: { ...small, traffic: true, clouds } });
  await cluster.wait(3_000);
  const nodes = await itemsOf<Node>(cluster, "nodes");
  assert.deepEqual(
    nodes.map(({ metadata, spec, status }) => [
      metadata.labels?.["topology.kubernetes.io/zone"],
      spec.providerID?.replace(/i-.*/, "i"),
      spec.taints ?? [],
      status.conditions?.find(({ type }) => type === "NetworkUnavailable")?.reason,
    ]),
    [
      ["aurora-1a", "aurora:///aurora-1a/i", [], "RouteCreated"],
      ["borealis-north-1", "borealis:///borealis-north-1/i", [], "RouteCreated"],
    ],
  );
  const heal = await cluster.host.inject({ kind: "halfDone", parameters: { cloud: aurora, probability: 1 } });
  await cluster.api({ verb: "create", resource: "pods", namespace, body: pod });
  await cluster.api({
    verb: "create",
    resource: "services",
    namespace,
    body: web({ allocateLoadBalancerNodePorts: false }),
  });
  await cluster.wait(1_000);
  assert.ok((await reasonsOf(cluster, "web")).includes("SyncLoadBalancerFailed"));
  await heal();
  await cluster.wait(20_000);
  const [service] = (await itemsOf<Service>(cluster, "services")).filter(({ metadata }) => metadata.name === "web");
  assert.deepEqual(service?.metadata.finalizers, ["service.kubernetes.io/load-balancer-cleanup"]);
  assert.deepEqual(service?.status?.loadBalancer, { ingress: [{ ip: "127.88.0.1", ipMode: "VIP" }] });
  assert.match(await fetched(cluster, "127.88.0.1"), /Welcome to nginx/);
  await cluster.host.inject({ kind: "halfDone", parameters: { cloud: aurora, probability: 1 }, forMs: 3_000 });
  await cluster.api({ verb: "delete", resource: "services", namespace, name: "web" });
  await cluster.wait(2_000);
  assert.equal((await asked<readonly unknown[]>(cluster, { op: "ListLoadBalancers" })).length, 1);
  await cluster.wait(20_000);
  assert.deepEqual(await asked(cluster, { op: "ListLoadBalancers" }), []);
  const left = (await itemsOf<Service>(cluster, "services")).map(({ metadata }) => metadata.name);
  assert.deepEqual(left, ["kubernetes"]);
  assert.equal(await fetched(cluster, "127.88.0.1"), "");
});

test("a Service of another provider's class is that one's, and lets in only who comes from where it says", async () => {
  const clouds = [{ provider: "aurora", nodes: 1 } as const, { provider: "borealis", nodes: 1 } as const];
  await using cluster = await createCluster({ topology: { ...small, traffic: true, clouds } });
  const spec = { loadBalancerClass: "kubetroupe.dev/borealis", loadBalancerSourceRanges: ["10.0.0.0/8"] };
  await cluster.api({ verb: "create", resource: "pods", namespace, body: pod });
  await cluster.api({ verb: "create", resource: "services", namespace, body: web(spec) });
  await cluster.wait(3_000);
  const [service] = (await itemsOf<Service>(cluster, "services")).filter(({ metadata }) => metadata.name === "web");
  assert.deepEqual(service?.status?.loadBalancer, { ingress: [{ ip: "127.89.0.1", ipMode: "Proxy" }] });
  assert.equal(await fetched(cluster, "127.89.0.1"), "");
  const body = { spec: { loadBalancerSourceRanges: ["127.0.0.0/8"] } };
  const contentType = "application/merge-patch+json";
  await cluster.api({ verb: "patch", resource: "services", namespace, name: "web", body, contentType });
  await cluster.wait(3_000);
  assert.match(await fetched(cluster, "127.89.0.1"), /Welcome to nginx/);
});

test("a node goes with its instance and another comes, and one that is switched off is tainted until it is on again", async () => {
  const timings = { nodeMonitorGraceMs: 4_000, nodeLeaseRenewMs: 1_000 };
  const clouds = [{ provider: "aurora", nodes: 2, nodesMax: 3 } as const];
  await using cluster = await createCluster({ topology: { ...small, clouds, timings } });
  await cluster.wait(3_000);
  const lost = { kind: "lostInstance", parameters: { cloud: aurora, instance: "aurora-1" } } as const;
  await cluster.host.inject({ ...lost, forMs: 15_000 });
  // Nobody asks while all is well.
  await asked(cluster, { op: "ListInstances" });
  await cluster.wait(30_000);
  const names = (await itemsOf<Node>(cluster, "nodes")).map(({ metadata }) => metadata.name);
  assert.deepEqual(names.sort(), ["aurora-0", "aurora-2"]);
  assert.ok((await reasonsOf(cluster, "aurora-1")).includes("DeletingNode"));
  const [first] = await asked<readonly Instance[]>(cluster, { op: "ListInstances" });
  await asked(cluster, { op: "StopInstance", id: first?.id ?? "" });
  await cluster.wait(15_000);
  const taintsOf = async () => {
    const node = (await itemsOf<Node>(cluster, "nodes")).find(({ metadata }) => metadata.name === first?.node);
    return node?.spec.taints?.map(({ key }) => key) ?? [];
  };
  assert.ok((await taintsOf()).includes("node.cloudprovider.kubernetes.io/shutdown"));
  await asked(cluster, { op: "StartInstance", id: first?.id ?? "" });
  await cluster.wait(15_000);
  assert.deepEqual(await taintsOf(), []);
});

test("an instance that is made anew under the name of a lost one gets a node of its own, though nobody missed the old one", async () => {
  const clouds = [{ provider: "aurora", nodes: 1 } as const];
  await using cluster = await createCluster({ topology: { ...small, clouds } });
  await cluster.wait(3_000);
  const [before] = await itemsOf<Node>(cluster, "nodes");
  const lost = { kind: "lostInstance", parameters: { cloud: aurora, instance: "aurora-0" } } as const;
  await cluster.host.inject({ ...lost, forMs: 5_000 });
  await asked(cluster, { op: "ListInstances" });
  // Well within the 40 s after which a silent node is not ready.
  await cluster.wait(30_000);
  const [after, ...others] = await itemsOf<Node>(cluster, "nodes");
  const [instance] = await asked<readonly Instance[]>(cluster, { op: "ListInstances" });
  assert.deepEqual(others, []);
  assert.equal(after?.metadata.name, "aurora-0");
  assert.notEqual(after?.metadata.uid, before?.metadata.uid);
  assert.ok(after?.spec.providerID?.endsWith(`/${instance?.id}`));
  assert.notEqual(after?.status.nodeInfo?.machineID, before?.status.nodeInfo?.machineID);
  assert.deepEqual(after?.spec.taints ?? [], []);
  assert.equal(after?.status.conditions?.find(({ type }) => type === "Ready")?.status, "True");
  assert.ok((await reasonsOf(cluster, "aurora-0")).includes("DeletingNode"));
});

test("a pool grows while pods find no place, within its most, and gives back what is idle", async () => {
  const timings = { nodeMonitorGraceMs: 4_000, nodeLeaseRenewMs: 1_000, scaleDownAfterMs: 30_000 };
  const clouds = [{ provider: "aurora", nodes: 1, nodesMax: 3 } as const];
  await using cluster = await createCluster({ topology: { ...small, clouds, timings } });
  const podOf = (name: string, cpu: string) => {
    const containers = [{ name: "c", image: "pause", resources: { requests: { cpu } } }];
    return { ...pod, metadata: { name }, spec: { containers, terminationGracePeriodSeconds: 0 } };
  };
  for (const [name, cpu] of [
    ["a", "3"],
    ["b", "3"],
    ["c", "3"],
    ["d", "3"],
    ["huge", "9"],
  ] as const) {
    await cluster.api({ verb: "create", resource: "pods", namespace, body: podOf(name, cpu) });
  }
  await cluster.wait(30_000);
  const nodes = async () => (await itemsOf<Node>(cluster, "nodes")).map(({ metadata }) => metadata.name).sort();
  assert.deepEqual(await nodes(), ["aurora-0", "aurora-1", "aurora-2"]);
  const pods = await itemsOf<Pod>(cluster, "pods");
  assert.equal(pods.filter(({ status }) => status.phase === "Running").length, 3);
  const events = await itemsOf<Event>(cluster, "events");
  const told = events.filter(({ source }) => source?.component === "cluster-autoscaler").map(({ message }) => message);
  assert.ok(told.includes("pod triggered scale-up: [{aurora-pool 2->3 (max: 3)}]"), told.join("\n"));
  assert.ok(told.includes("pod didn't trigger scale-up: 1 Insufficient cpu"), told.join("\n"));
  for (const name of ["b", "c", "d", "huge"]) await cluster.api({ verb: "delete", resource: "pods", namespace, name });
  const left = (await itemsOf<Pod>(cluster, "pods")).map(({ metadata }) => metadata.name);
  await cluster.wait(25_000);
  assert.equal((await nodes()).length, 3, "before its time nothing is given back");
  await cluster.wait(60_000);
  assert.deepEqual([left, await nodes()], [["a"], ["aurora-0"]]);
  assert.ok((await reasonsOf(cluster, "aurora-1")).includes("ScaleDown"));
});
