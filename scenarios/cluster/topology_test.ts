import type { ComputerInput } from "../../actors/computer/messages.ts";
import type { KubeletInput } from "../../actors/kubelet/messages.ts";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { childSpecs } from "./child_specs.ts";
import { networkPlan } from "./network_plan.ts";
import { type ChildSpecOptions, type Topology, trafficParts } from "./topology.ts";

const small: Topology = { nodes: 3, stores: 3, apiservers: 2 };

test("childSpecs() lists store, API servers, managers, schedulers, computers and kubelets in the order of their start", () => {
  assert.deepEqual(
    childSpecs(small).map(({ name, kind }) => [name, kind]),
    [
      ["store/0", "store"],
      ["store/1", "store"],
      ["store/2", "store"],
      ["apiserver/0", "apiserver"],
      ["apiserver/1", "apiserver"],
      ["manager/0", "controller_manager"],
      ["scheduler/0", "scheduler"],
      ["computer/node-0", "computer"],
      ["computer/node-1", "computer"],
      ["computer/node-2", "computer"],
      ["kubelet/node-0", "kubelet"],
      ["kubelet/node-1", "kubelet"],
      ["kubelet/node-2", "kubelet"],
    ],
  );
});

test("childSpecs() gives each node a kube-proxy where they are asked for", () => {
  const proxies = childSpecs({ ...small, proxies: true }).filter(({ kind }) => kind === "kube_proxy");
  assert.deepEqual(
    proxies.map(({ name }) => name),
    ["kube-proxy/node-0", "kube-proxy/node-1", "kube-proxy/node-2"],
  );
});

test("childSpecs() has all that carries connections where traffic is asked for, and each part by itself", () => {
  const kindsOf = (topology: Topology) => [...new Set(childSpecs(topology).map(({ kind }) => kind))].slice(4);
  assert.deepEqual(kindsOf(small), ["computer", "kubelet"]);
  assert.deepEqual(kindsOf({ ...small, traffic: true }), ["dns", "computer", "kubelet", "kube_proxy", "gateway"]);
  assert.deepEqual(kindsOf({ ...small, traffic: true, gateway: false, dns: false }), [
    "computer",
    "kubelet",
    "kube_proxy",
  ]);
  assert.deepEqual(kindsOf({ ...small, gateway: true }), ["computer", "kubelet", "gateway"]);
  const { modules, proxies } = trafficParts({ ...small, modules: true });
  assert.deepEqual({ modules, proxies }, { modules: true, proxies: false });
  const computer = childSpecs({ ...small, traffic: true }).find(({ kind }) => kind === "computer");
  assert.deepEqual((computer?.input as ComputerInput | undefined)?.hosts, {
    "192.168.255.10": "dns/0",
    "172.18.0.1": "gateway/0",
    "172.18.0.2": "apiserver/0",
    "172.18.0.3": "apiserver/1",
  });
});

test("childSpecs() gives computers the permissions that are asked for, and else none", () => {
  const permissionsOf = (topology: Topology) =>
    childSpecs(topology).find(({ kind }) => kind === "computer")?.permissions;
  const computerPermissions = { read: ["/srv/data"] };
  assert.deepEqual(permissionsOf(small), {});
  assert.deepEqual(permissionsOf({ ...small, computerPermissions }), computerPermissions);
});

test("childSpecs() has a DNS server where it is asked for, permitted just its own socket", () => {
  const dnsOf = (options?: ChildSpecOptions) =>
    childSpecs({ ...small, dns: true }, options).find(({ kind }) => kind === "dns");
  assert.deepEqual(dnsOf()?.permissions, {});
  const dnsSocket = { host: "127.0.0.1", port: 5353 };
  const { name, permissions, input } = dnsOf({ dnsSocket }) ?? {};
  assert.deepEqual([name, permissions], ["dns/0", { net: ["127.0.0.1:5353"] }]);
  assert.deepEqual(input, { servers: ["apiserver/0", "apiserver/1"], socket: dnsSocket });
});

test("childSpecs() spreads kubelets over API servers and zones", () => {
  const kubelets = childSpecs({ ...small, zones: ["a", "b"] }).filter(({ kind }) => kind === "kubelet");
  const inputs = kubelets.map(({ input }) => input as KubeletInput);
  assert.deepEqual(
    inputs.map(({ apiServers, labels }) => [apiServers, labels]),
    [
      [["apiserver/0", "apiserver/1"], { "topology.kubernetes.io/zone": "a" }],
      [["apiserver/1", "apiserver/0"], { "topology.kubernetes.io/zone": "b" }],
      [["apiserver/0", "apiserver/1"], { "topology.kubernetes.io/zone": "a" }],
    ],
  );
});

test("childSpecs() leaves out what the topology does not say, so that components use their own defaults", () => {
  for (const { input } of childSpecs(small)) {
    assert.ok(!Object.values(input as object).includes(undefined), JSON.stringify(input));
  }
});

test("childSpecs() hands each API server its own HTTPS address", () => {
  const https = (index: number) => ({ host: "127.0.0.1", port: 7000 + index, key: "k", cert: "c", clientCa: "a" });
  const ports = childSpecs(small, { https })
    .filter(({ kind }) => kind === "apiserver")
    .map(({ input }) => (input as { https: { port: number } }).https.port);
  assert.deepEqual(ports, [7000, 7001]);
});

test("childSpecs() refuses a cluster that cannot be", () => {
  assert.throws(() => childSpecs({ ...small, nodes: -1 }), /Cannot make a cluster with -1 nodes: give a whole number/);
  assert.throws(() => childSpecs({ ...small, nodes: 1.5 }), /1\.5 nodes/);
  assert.throws(() => childSpecs({ ...small, stores: 4 as 5 }), /4 store replicas: give 1, 3 or 5/);
  assert.throws(() => childSpecs({ ...small, apiservers: 6 }), /6 API servers: give a whole number from 1 to 5/);
});

const podCidr = (node: number) => networkPlan({}).podCidrs(node).join();

property("podCidrs() gives no range twice, and no octet past 255", [fc.integer({ min: 0, max: 32_000 })], (node) => {
  const octets = podCidr(node).replace("/24", "").split(".").map(Number);
  assert.ok(octets.every((octet) => octet >= 0 && octet <= 255));
  assert.notEqual(podCidr(node), podCidr(node + 1));
  assert.notEqual(podCidr(node), podCidr((node + 256) % 32_768));
});

test("podCidrs() goes on in the next block after 256 nodes", () => {
  assert.deepEqual([0, 255, 256, 3072].map(podCidr), [
    "10.244.0.0/24",
    "10.244.255.0/24",
    "10.245.0.0/24",
    "10.128.0.0/24",
  ]);
});
