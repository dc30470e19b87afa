import { loadMutated } from "../../properties/engine/load_mutated.ts";
import { assert, test } from "../../properties/house/test.ts";
import { deliversToTheDead } from "../../properties/mutations/delivers_to_the_dead.ts";
import { forgetsConnections } from "../../properties/mutations/forgets_connections.ts";
import * as stages from "../../properties/stages/computer/stage.ts";
import { nodeIp, podIp, serviceRule } from "../../properties/stages/computer/stage.ts";
import type { CriAnswer } from "../cri/messages.ts";
import { trafficOf } from "./data.ts";

const clusterIp = "10.96.0.7";
const names = { "web.shop.svc.cluster.local": clusterIp };

/** A client on node 0, and servers of port 8080 on the nodes named, that say who they are and what they heard. */
function stageWith(
  servers: readonly number[],
  options: stages.StageOptions = {},
  { computerStage }: typeof stages = stages,
) {
  const stage = computerStage({ names, ...options });
  const client = stage.pod(0, "shop/client", 2);
  const targets = servers.map((node) => ({ ip: podIp(node, 9), port: 8080 }));
  const sandboxes = servers.map((node) => {
    const sandbox = stage.pod(node, "shop/server", 9);
    stage.node(node).servers.set(`${sandbox}:8080`, (received) => `${sandbox} heard ${received}`);
    return sandbox;
  });
  /** Connects from a sandbox (empty: the node itself), says hello, and tells what came of it. */
  const call = (host: string, port: number, { node = 0, from = client } = {}) => {
    const socket = stage.node(node).connect(host, port, from === "" ? undefined : from);
    stage.simulation.advance(20);
    stage.node(node).send(socket, "hello");
    stage.simulation.advance(20);
    const { received = "", news = [] } = stage.node(node).sockets.get(socket) ?? {};
    return { socket, received, news };
  };
  return { stage, client, targets, sandboxes, call };
}

test("a pod reaches another one on another node, both see each other's address, and nothing is left behind", () => {
  const { stage, call } = stageWith([1]);
  const { socket, received, news } = call(podIp(1, 9), 8080);
  assert.deepEqual([news, received], [["connected 10.244.1.9:8080"], "server-1-9 heard hello"]);
  stage.node(0).send(socket, "", true);
  assert.deepEqual(stage.news(0, socket, 10), ["connected 10.244.1.9:8080", "end"]);
  assert.deepEqual(stage.node(1).sockets.get(1)?.news, ["from 10.244.0.2", "end"]);
  stage.simulation.advance(1_000);
  for (const index of [0, 1]) {
    const { transport, conntrack, sockets, wake } = trafficOf(stage.data(index));
    assert.deepEqual([transport.size, conntrack.size, sockets.byNumber.size, wake.atMs], [0, 0, 0, undefined]);
  }
});

test("a Service is reached by its name from pods, which keep their address; from nodes under the node's", () => {
  const { stage, targets, call } = stageWith([1]);
  stage.rules(serviceRule(clusterIp, targets));
  assert.deepEqual(call("web", 80).news, ["connected 10.96.0.7:80"]);
  assert.equal(call("web", 80).received, "server-1-9 heard hello");
  assert.deepEqual(stage.node(1).sockets.get(1)?.news, ["from 10.244.0.2"]);
  assert.equal(call(clusterIp, 80, { from: "" }).received, "server-1-9 heard hello");
  assert.deepEqual(stage.node(1).sockets.get(3)?.news, ["from 192.168.0.1"]);
});

test("a pod reaches itself through its Service, by its own address, by its name and by loopback", () => {
  const { stage, targets, sandboxes, call } = stageWith([0]);
  stage.rules(serviceRule(clusterIp, targets));
  const from = sandboxes[0];
  for (const [host, port, source] of [
    ["web", 80, nodeIp(0)],
    [podIp(0, 9), 8080, podIp(0, 9)],
    ["server", 8080, podIp(0, 9)],
    ["localhost", 8080, "127.0.0.1"],
    ["127.0.0.2", 8080, "127.0.0.1"],
  ] as const) {
    const { received, socket } = call(host, port, { from });
    assert.equal(received, "server-0-9 heard hello", host);
    const accepted = [...stage.node(0).sockets.values()].at(-1);
    assert.deepEqual([accepted?.news, socket < 0], [[`from ${source}`], true], host);
  }
  assert.match(call("localhost", 8080).news.join(), /ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:8080/);
});

test("endpoints are chosen at random, and kept for a client that affinity keeps", () => {
  const spread = (affinitySeconds: number) => {
    const { stage, targets, call } = stageWith([0, 1, 2], { nodes: 3 });
    stage.rules(serviceRule(clusterIp, targets, { affinitySeconds }));
    return new Set(Array.from({ length: 12 }, () => call(clusterIp, 80).received)).size;
  };
  assert.deepEqual([spread(0), spread(100)], [3, 1]);
});

test("a connection that cannot be made fails as it does on Linux, with what Node says", () => {
  const { stage, targets, call, client } = stageWith([1]);
  stage.rules(
    serviceRule("10.96.1.1", []),
    serviceRule("10.96.1.2", targets, { internalPolicy: "Local" }),
    serviceRule(clusterIp, [{ ip: podIp(1, 77), port: 8080 }]),
  );
  assert.deepEqual(call("10.96.1.1", 80).news, ["ECONNREFUSED: connect ECONNREFUSED 10.96.1.1:80"]);
  assert.deepEqual(call(podIp(1, 9), 1234).news, ["ECONNREFUSED: connect ECONNREFUSED 10.244.1.9:1234"]);
  assert.deepEqual(call(nodeIp(1), 1234).news, ["ECONNREFUSED: connect ECONNREFUSED 192.168.0.2:1234"]);
  assert.deepEqual(call("203.0.113.1", 80).news, ["EHOSTUNREACH: connect EHOSTUNREACH 203.0.113.1:80"]);
  assert.deepEqual(call("fd00::1", 80).news, ["EHOSTUNREACH: connect EHOSTUNREACH fd00::1:80"]);
  assert.deepEqual(call("nope", 80).news, ["ENOTFOUND: getaddrinfo ENOTFOUND nope"]);
  assert.deepEqual(call("web", 80, { from: "" }).news, ["ENOTFOUND: getaddrinfo ENOTFOUND web"]);
  for (const [host, port] of [
    [podIp(0, 77), 80],
    [podIp(1, 77), 80],
    [clusterIp, 80],
  ] as const) {
    const socket = stage.node(0).connect(host, port, client);
    assert.deepEqual(stage.news(0, socket, 2_990), []);
    assert.deepEqual(stage.news(0, socket, 20), [`EHOSTUNREACH: connect EHOSTUNREACH ${host}:${port}`]);
  }
  const dropped = stage.node(0).connect("10.96.1.2", 80, client);
  assert.deepEqual(stage.news(0, dropped, 126_000), []);
  assert.deepEqual(stage.news(0, dropped, 2_000), ["ETIMEDOUT: connect ETIMEDOUT 10.96.1.2:80"]);
});

test("names are not resolved while nobody answers for the DNS server", () => {
  const { stage, client } = stageWith([]);
  const cut = { kind: "partition", parameters: { from: ["dns"], to: ["computer"] } } as const;
  const heal = stage.simulation.faults.begin(cut);
  const socket = stage.node(0).connect("web", 80, client);
  assert.deepEqual(stage.news(0, socket, 9_990), []);
  assert.deepEqual(stage.news(0, socket, 20), ["EAI_AGAIN: getaddrinfo EAI_AGAIN web"]);
  const late = stage.node(0).connect("web", 80, client);
  stage.simulation.advance(2_000);
  heal();
  assert.deepEqual(stage.news(0, late, 3_100), ["EHOSTUNREACH: connect EHOSTUNREACH 10.96.0.7:80"]);
});

test("a node port answers on each node's own address, for pods, nodes and loopback; loopback of pods is theirs", () => {
  const { stage, targets, call } = stageWith([1]);
  stage.rules(serviceRule(clusterIp, targets, { nodePort: 30_080 }));
  const seen = (host: string, options = {}) => {
    const { received, news } = call(host, 30_080, options);
    const sources = [...stage.node(1).sockets.values()].filter(({ socket }) => socket > 0);
    return received === "" ? news.join() : `${sources.at(-1)?.news[0]}`;
  };
  assert.equal(seen(nodeIp(0)), "from 192.168.0.1");
  assert.equal(seen(nodeIp(1)), "from 192.168.0.2", "the node that has the port hides who comes, and forwards");
  assert.equal(seen("127.0.0.1", { from: "" }), "from 192.168.0.1");
  assert.equal(seen(nodeIp(1), { from: "" }), "from 192.168.0.2");
  assert.match(seen("127.0.0.1"), /ECONNREFUSED/);
});

test("a balancer's address is reached from pods and nodes, though it is one of loopback; its other ports are their own", () => {
  const { stage, targets, call } = stageWith([1]);
  const balancer = "127.88.0.1";
  stage.rules(serviceRule(clusterIp, targets, { loadBalancerIps: [balancer] }));
  assert.match(call(balancer, 80).received, /heard hello/);
  assert.match(call(balancer, 80, { from: "" }).received, /heard hello/);
  assert.deepEqual([call(balancer, 81).received, call("127.0.0.1", 80).received], ["", ""]);
});

test("a node port of the policy Local keeps a stranger's address, and drops where there is no endpoint", () => {
  const { stage, targets, call } = stageWith([1]);
  stage.rules(serviceRule(clusterIp, targets, { nodePort: 30_080, externalPolicy: "Local" }));
  const { received } = call(nodeIp(1), 30_080, { from: "" });
  assert.equal(received, "server-1-9 heard hello");
  assert.deepEqual([...stage.node(1).sockets.values()].at(-1)?.news, ["from 192.168.0.1"]);
  // A pod on another node comes under its node's address too: the rules take it for a stranger.
  assert.equal(call(nodeIp(1), 30_080).received, "server-1-9 heard hello");
  assert.equal(call(nodeIp(0), 30_080, { from: "" }).received, "server-1-9 heard hello", "the node itself may");
});

test("a node that only forwards translates both ways, and forgets what has ended", () => {
  const { stage, targets, call } = stageWith([2], { nodes: 3 });
  stage.rules(serviceRule(clusterIp, targets, { nodePort: 30_080 }));
  const { socket, received } = call(nodeIp(1), 30_080);
  assert.equal(received, "server-2-9 heard hello");
  assert.deepEqual([...stage.node(2).sockets.values()].at(-1)?.news, ["from 192.168.0.2"]);
  assert.deepEqual([trafficOf(stage.data(1)).conntrack.size, trafficOf(stage.data(1)).transport.size], [1, 0]);
  stage.node(0).reset(socket);
  stage.simulation.advance(10);
  assert.deepEqual([...stage.node(2).sockets.values()].at(-1)?.news, ["from 192.168.0.2", "reset"]);
  assert.deepEqual(
    [0, 1, 2].map((index) => trafficOf(stage.data(index)).conntrack.size),
    [0, 0, 0],
  );
});

test("new rules leave open connections where they are, and lead new ones elsewhere", () => {
  const { stage, call, sandboxes } = stageWith([0, 1]);
  const to = (node: number) => serviceRule(clusterIp, [{ ip: podIp(node, 9), port: 8080 }]);
  stage.rules(to(1));
  const first = call(clusterIp, 80);
  stage.rules(to(0));
  assert.equal(call(clusterIp, 80).received, `${sandboxes[0]} heard hello`);
  stage.rules();
  stage.node(0).send(first.socket, " again");
  stage.simulation.advance(20);
  assert.match(stage.node(0).sockets.get(first.socket)?.received ?? "", /server-1-9 heard hello again$/);
});

test("the defect forgetsConnections breaks what is open when rules change", async () => {
  const { stage, call, targets } = stageWith(
    [1],
    {},
    await loadMutated(forgetsConnections, "properties/stages/computer/stage.ts"),
  );
  stage.rules(serviceRule(clusterIp, targets));
  const { socket } = call(clusterIp, 80);
  stage.rules(serviceRule(clusterIp, targets));
  stage.node(0).send(socket, " again");
  assert.deepEqual(stage.news(0, socket, 20), ["connected 10.96.0.7:80", "reset"]);
});

test("a pod that is stopped has its connections reset, and its address answers no more until it is given anew", () => {
  const { stage, call, client, sandboxes } = stageWith([1]);
  const { socket } = call(podIp(1, 9), 8080);
  stage.call(1, { op: "StopPodSandbox", sandbox: sandboxes[0] ?? "" });
  assert.deepEqual(stage.news(0, socket, 10), ["connected 10.244.1.9:8080", "reset"]);
  const own = stage.node(1).sockets.get(1)?.news;
  assert.deepEqual(own, ["from 10.244.0.2", "reset"], "its runtime lets go of the socket as well");
  const late = stage.node(0).connect(podIp(1, 9), 8080, client);
  assert.deepEqual(stage.news(0, late, 2_000), []);
  stage.node(1).servers.set("next-1-9:8080", () => "");
  stage.pod(1, "shop/next", 9);
  assert.deepEqual(stage.news(0, late, 20), ["connected 10.244.1.9:8080"], "it was still being asked for");
});

test("the defect deliversToTheDead leaves a removed pod answering", async () => {
  const { stage, call, sandboxes } = stageWith(
    [1],
    {},
    await loadMutated(deliversToTheDead, "properties/stages/computer/stage.ts"),
  );
  const [sandbox = ""] = sandboxes;
  for (const request of [
    { op: "StopContainer", container: "web", timeoutMs: 0 },
    { op: "StopPodSandbox", sandbox },
    { op: "RemovePodSandbox", sandbox },
  ] as const) {
    assert.equal((stage.call(1, request) as CriAnswer).ok, true);
  }
  assert.equal(call(podIp(1, 9), 8080).received, "server-1-9 heard hello");
});
