import { assert, test } from "../../properties/house/test.ts";
import { type ClientData, computerAt, computerStage, nodeIp, podIp } from "../../properties/stages/computer/stage.ts";
import type { Message } from "../../runtime/mod.ts";
import { breakOff } from "../network/stream_line.ts";
import { trafficOf } from "./data.ts";
import type { HostDial, HostGet } from "./messages.ts";

function stageWith() {
  const stage = computerStage();
  const server = stage.pod(0, "shop/server", 9);
  stage.node(0).servers.set(`${server}:8080`, (received) => (received === "" ? undefined : `heard ${received}`));
  const dial = (ip: string, port: number, timeoutMs = 1_000) => {
    const body: HostDial = { type: "host.dial", ip, port, timeoutMs };
    return stage.simulation.askNow(computerAt(0), body, 60_000);
  };
  const kubelet = () => (stage.simulation.dataOf("kubelet") as ClientData).got;
  const tell = (sent: Message) =>
    stage.simulation.send("kubelet", { type: "relay", to: computerAt(0), sent } as Message);
  const ask = (asked: Message) =>
    stage.simulation.send("kubelet", { type: "relay", to: computerAt(0), asked } as Message);
  return { stage, server, dial, kubelet, tell, ask };
}

test("a TCP probe tells what it found in Go's words", () => {
  const { stage, dial } = stageWith();
  assert.deepEqual(dial(podIp(0, 9), 8080), { ok: true });
  const said = (ip: string, port: number, timeoutMs?: number) =>
    (dial(ip, port, timeoutMs) as { message: string }).message;
  assert.equal(said(podIp(0, 9), 81), "dial tcp 10.244.0.9:81: connect: connection refused");
  assert.equal(said(podIp(0, 77), 80), "dial tcp 10.244.0.77:80: i/o timeout");
  assert.equal(said(podIp(0, 77), 80, 10_000), "dial tcp 10.244.0.77:80: connect: no route to host");
  assert.equal(said(nodeIp(0), 10_250), "dial tcp 192.168.0.1:10250: connect: connection refused");
  stage.simulation.advance(5_000);
  assert.deepEqual([trafficOf(stage.data(0)).transport.size, trafficOf(stage.data(0)).wake.atMs], [0, undefined]);
});

test("an HTTP probe is the container runtime's, from the node's own network", () => {
  const { stage } = stageWith();
  const url = `http://${podIp(0, 9)}:8080/`;
  const body: HostGet = { type: "host.get", url, headers: [], timeoutMs: 1_000 };
  assert.deepEqual(stage.simulation.askNow(computerAt(0), body, 5_000), { ok: true, status: 200, body: "" });
  stage.simulation.advance(10);
  assert.deepEqual([...stage.node(0).sockets.values()].at(-1)?.news, ["from 192.168.0.1"]);
});

test("a stream to a port of a pod carries bytes both ways, and closes when both sides have ended", () => {
  const { stage, server, kubelet, tell, ask } = stageWith();
  const purpose = { kind: "dial", sandbox: server, port: 8080 };
  ask({ type: "stream.open", stream: 1, purpose } as Message);
  stage.simulation.advance(10);
  tell({ type: "stream.data", stream: 1, sequence: 1, channel: "data", data: "hello" } as Message);
  stage.simulation.advance(10);
  tell({ type: "stream.taken", stream: 1, total: 11 } as Message);
  tell({ type: "stream.end", stream: 1, sequence: 2 } as Message);
  stage.simulation.advance(100);
  assert.deepEqual(
    kubelet().filter(({ type }) => type !== "stream.taken"),
    [
      { type: "reply", ok: true },
      { type: "stream.data", stream: 1, sequence: 1, channel: "data", data: "heard hello" },
      { type: "stream.close", stream: 1, sequence: 2 },
    ],
  );
  assert.deepEqual([...stage.node(0).sockets.values()][0]?.news, ["from 127.0.0.1", "end"]);
  assert.deepEqual([trafficOf(stage.data(0)).bridges.open.size, trafficOf(stage.data(0)).transport.size], [0, 0]);
});

test("a stream to a port where nobody listens is refused, one to a pod that ends is closed with the cause", () => {
  const { stage, server, kubelet, ask } = stageWith();
  const open = (stream: number, sandbox: string, port: number) => {
    ask({ type: "stream.open", stream, purpose: { kind: "dial", sandbox, port } } as Message);
    stage.simulation.advance(10);
    return kubelet().at(-1) as Message & { code?: number; message?: string };
  };
  const refused = open(1, server, 81);
  assert.equal(refused.code, 500);
  assert.match(refused.message ?? "", /dial tcp4 127.0.0.1:81: connect: connection refused$/);
  assert.match(open(2, "nobody", 80).message ?? "", /sandbox is not running$/);
  open(3, server, 8080);
  stage.call(0, { op: "StopPodSandbox", sandbox: server });
  stage.simulation.advance(10);
  assert.deepEqual(kubelet().at(-1), {
    ...{ type: "stream.close", stream: 3, sequence: 1 },
    error: "connection reset by peer",
  });
});

test("a stream that is closed while it is still dialled is answered, and one that is opened twice is one", () => {
  const { stage, server, kubelet, tell, ask } = stageWith();
  const purpose = { kind: "dial", sandbox: server, port: 8080 };
  const slow = { actor: computerAt(0), device: "cri", delayMsMax: 60_000 };
  stage.simulation.faults.begin({ kind: "slowDevice", parameters: slow });
  for (const stream of [1, 1]) ask({ type: "stream.open", stream, purpose } as Message);
  tell({ type: "stream.close", stream: 1, sequence: 1 } as Message);
  stage.simulation.advance(10);
  const [answer, ...more] = kubelet() as (Message & { message?: string })[];
  assert.match(answer?.message ?? "", /dial tcp4 127.0.0.1:8080: operation was canceled$/);
  ask({ type: "stream.open", stream: 1, purpose } as Message);
  tell({ type: "stream.alive", stream: 1, sequence: 0, total: 0 } as Message);
  stage.simulation.advance(10);
  assert.deepEqual([more, kubelet().slice(1)], [[], [breakOff(1, "stream is gone")]]);
  assert.deepEqual([trafficOf(stage.data(0)).bridges.open.size, trafficOf(stage.data(0)).transport.size], [0, 0]);
});

test("streams end with the kubelet that opened them", () => {
  const { stage, server, ask } = stageWith();
  ask({ type: "stream.open", stream: 1, purpose: { kind: "dial", sandbox: server, port: 8080 } } as Message);
  stage.simulation.advance(10);
  assert.equal(trafficOf(stage.data(0)).bridges.open.size, 1);
  stage.simulation.crashNow("kubelet", "killed");
  stage.simulation.advance(10);
  assert.deepEqual([trafficOf(stage.data(0)).bridges.open.size, trafficOf(stage.data(0)).transport.size], [0, 0]);
  assert.equal([...stage.node(0).sockets.values()][0]?.news.at(-1), "reset");
});
