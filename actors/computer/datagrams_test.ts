import { assert, test } from "../../properties/house/test.ts";
import {
  computerAt,
  computerStage,
  nodeIp,
  nodeIpv6,
  podIp,
  serviceRule,
} from "../../properties/stages/computer/stage.ts";
import { trafficOf } from "./data.ts";
import { createDatagramTrack } from "./datagram_track.ts";

/** Two pods on two nodes, each with a port of its own for datagrams. */
function stageWith() {
  const stage = computerStage();
  const asks = stage.pod(0, "shop/asks", 8);
  const tells = stage.pod(1, "shop/tells", 9);
  stage.node(0).datagrams.set(`${asks}:4000`, []);
  stage.node(1).datagrams.set(`${tells}:53`, []);
  const send = (node: number, sandbox: string | undefined, port: number, ip: string, to: number, data: string) => {
    const place = sandbox === undefined ? {} : { sandbox };
    stage.node(node).push({ type: "socket.datagram", ...place, port, to: { ip, port: to }, data });
    stage.simulation.advance(10);
  };
  const heard = (node: number, key: string) => stage.node(node).datagrams.get(key);
  return { stage, asks, tells, send, heard };
}

test("a datagram reaches the port of another pod, and the answer comes back; where nobody listens it is refused", () => {
  const { asks, tells, send, heard } = stageWith();
  send(0, asks, 4_000, podIp(1, 9), 53, "who?");
  assert.deepEqual(heard(1, `${tells}:53`), [`who? from ${podIp(0, 8)}:4000`]);
  send(1, tells, 53, podIp(0, 8), 4_000, "me");
  send(0, asks, 4_000, podIp(1, 9), 54, "you?");
  send(0, asks, 4_000, "127.0.0.1", 9, "self?");
  assert.deepEqual(heard(0, `${asks}:4000`), [
    `me from ${podIp(1, 9)}:53`,
    `refused from ${podIp(1, 9)}:54`,
    "refused from 127.0.0.1:9",
  ]);
});

test("a datagram for a Service goes to an endpoint, and its answer comes from the Service, as long as somebody speaks", () => {
  const { stage, asks, tells, send, heard } = stageWith();
  stage.rules(
    serviceRule("10.96.0.53", [{ ip: podIp(1, 9), port: 53 }], { protocol: "udp", port: 5_353 }),
    serviceRule("10.96.0.54", [], { protocol: "udp", port: 53 }),
  );
  for (const data of ["one", "two"]) send(0, asks, 4_000, "10.96.0.53", 5_353, data);
  assert.deepEqual(heard(1, `${tells}:53`), [`one from ${podIp(0, 8)}:4000`, `two from ${podIp(0, 8)}:4000`]);
  send(1, tells, 53, podIp(0, 8), 4_000, "answer");
  send(0, asks, 4_000, "10.96.0.54", 53, "nobody");
  assert.deepEqual(heard(0, `${asks}:4000`), ["answer from 10.96.0.53:5353", "refused from 10.96.0.54:53"]);
  assert.equal(trafficOf(stage.data(0)).datagrams.size, 1);
  stage.simulation.advance(120_000);
  send(1, tells, 53, podIp(0, 8), 4_000, "late");
  assert.equal(heard(0, `${asks}:4000`)?.at(-1), `late from ${podIp(1, 9)}:53`);
});

test("a datagram is led anew as soon as its endpoint serves no more, though somebody speaks all the time", () => {
  const { stage, asks, tells, send, heard } = stageWith();
  const other = stage.pod(1, "shop/other", 11);
  stage.node(1).datagrams.set(`${other}:53`, []);
  const [first, second] = [9, 11].map((host) => ({ ip: podIp(1, host), port: 53 }));
  assert.ok(first && second);
  const rule = (targets: (typeof first)[], more: object = {}) =>
    stage.rules(serviceRule("10.96.0.53", targets, { protocol: "udp", port: 53, ...more }));
  const ask = (data: string) => send(0, asks, 4_000, "10.96.0.53", 53, data);
  rule([]);
  ask("nobody");
  rule([first]);
  ask("one");
  rule([second], { serving: [first, second] });
  ask("two");
  rule([second]);
  ask("three");
  const texts = (sandbox: string) => heard(1, `${sandbox}:53`)?.map((each) => each.split(" ")[0]);
  assert.deepEqual([texts(tells), texts(other)], [["one", "two"], ["three"]]);
});

test("what leaves the pods goes out under the node's address, and the node itself may ask", () => {
  const { stage, asks, tells, send, heard } = stageWith();
  stage.node(1).datagrams.set(":7000", []);
  stage.node(0).datagrams.set(":4001", []);
  send(0, asks, 4_000, nodeIp(1), 7_000, "hello");
  const [first = ""] = heard(1, ":7000") ?? [];
  assert.match(first, new RegExp(`^hello from ${nodeIp(0)}:\\d+$`));
  send(1, undefined, 7_000, nodeIp(0), Number(first.split(":")[1]), "back");
  assert.deepEqual(heard(0, `${asks}:4000`), [`back from ${nodeIp(1)}:7000`]);
  send(0, undefined, 4_001, podIp(1, 9), 53, "node");
  assert.deepEqual(heard(1, `${tells}:53`), [`node from ${nodeIp(0)}:4001`]);
  stage.simulation.crashNow(computerAt(1), "power");
  send(0, asks, 4_000, podIp(1, 9), 53, "lost");
  assert.deepEqual(heard(0, `${asks}:4000`)?.length, 1);
});

test("createDatagramTrack() forgets what nobody has used for two minutes, and tells of it", () => {
  const forgotten: string[] = [];
  const track = createDatagramTrack(({ original }) => void forgotten.push(original.source.ip));
  const at = (ip: string) => ({ ip, port: 1 });
  const flow = (name: string) => ({
    original: { source: at(name), target: at("vip") },
    reply: { source: at("pod"), target: at(name) },
  });
  track.add(flow("a"), 0);
  track.add(flow("b"), 1_000);
  const datagram = { type: "datagram", source: at("a"), target: at("vip"), data: "", isRefusal: false } as const;
  assert.deepEqual(track.translate(datagram, 100_000)?.target, at("pod"));
  track.add(flow("c"), 130_000);
  assert.deepEqual([forgotten, track.size], [["b"], 2]);
  assert.equal(track.translate(datagram, 230_000), undefined);
});

test("an answer goes back through the node whose port was asked, wherever the endpoint is, at addresses of either family", () => {
  for (const [ownIp, otherIp, pods, family] of [
    [nodeIp(0), nodeIp(1), [podIp(0, 8), podIp(0, 9)], "IPv4"],
    [nodeIpv6(0), nodeIpv6(1), ["fd00:10:244::8", "fd00:10:244::9"], "IPv6"],
  ] as const) {
    const stage = computerStage();
    const [asker, endpoint] = pods;
    const asks = stage.realPod(0, "shop/asks", asker);
    const tells = stage.realPod(0, "shop/tells", endpoint);
    stage.node(0).datagrams.set(`${asks}:4000`, []);
    stage.node(0).datagrams.set(`${tells}:53`, []);
    const clusterIp = family === "IPv4" ? "10.96.0.53" : "fd00:10:96::53";
    const rule = serviceRule(clusterIp, [{ ip: endpoint, port: 53 }], { protocol: "udp", port: 53, nodePort: 30_053 });
    stage.rules(family === "IPv4" ? rule : { ...rule, family });
    const push = (sandbox: string, port: number, to: { ip: string; port: number }, data: string) => {
      stage.node(0).push({ type: "socket.datagram", sandbox, port, to, data });
      stage.simulation.advance(10);
    };
    push(asks, 4_000, { ip: otherIp, port: 30_053 }, "who?");
    const [asked = ""] = stage.node(0).datagrams.get(`${tells}:53`) ?? [];
    const from = /^who\? from (.*):(\d+)$/.exec(asked);
    assert.equal(from?.[1], otherIp, `it was led through the other node, not ${ownIp}`);
    push(tells, 53, { ip: otherIp, port: Number(from?.[2]) }, "me");
    assert.deepEqual(stage.node(0).datagrams.get(`${asks}:4000`), [`me from ${otherIp}:30053`]);
  }
});
