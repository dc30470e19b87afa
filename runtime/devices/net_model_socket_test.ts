import { assert, test } from "../../properties/house/test.ts";
import type { Message } from "../core/actor.ts";
import { randomFrom } from "../core/random.ts";
import type { NetAnswer, NetMessage, NetRequest } from "./messages.ts";
import { netModel } from "./net_model.ts";
import { socketUnderWayMax } from "./net_rules.ts";

const here = { host: "10.0.0.1", port: 443 };

/** A server on a virtual network whose time passes when the test says so, and a client that asks for a WebSocket. */
function stage() {
  const due: (() => void)[] = [];
  const pushed: NetMessage[] = [];
  const net = netModel();
  const device = net.open({
    address: "server",
    incarnation: 0,
    permissions: {},
    random: randomFrom(1),
    uptimeMs: () => 0,
    after: (_delayMs, body) => void due.push(body),
    push: (message: Message) => void pushed.push(message as NetMessage),
  });
  const settle = () => {
    for (let body = due.shift(); body; body = due.shift()) body();
  };
  const ask = (request: NetRequest): NetAnswer => {
    let answer: unknown;
    const take = (given: unknown) => {
      answer = given;
    };
    device.request(request, take, undefined);
    settle();
    return answer as NetAnswer;
  };
  ask({ op: "listen", ...here });
  const client = net.connect({ ...here, url: "/", protocols: ["a", "b"] });
  settle();
  return { net, client, pushed, ask, settle };
}

test("netModel() carries frames both ways once a WebSocket is accepted", () => {
  const { client, pushed, ask, settle } = stage();
  const [request] = pushed;
  assert.ok(request?.type === "net.request");
  assert.deepEqual([request.upgrade, request.headers["sec-websocket-protocol"]], ["websocket", "a, b"]);
  assert.equal(client.isSocket(), false);
  ask({ op: "accept", exchange: 1, subprotocol: "b" });
  assert.deepEqual([client.isSocket(), client.subprotocol()], [true, "b"]);
  ask({ op: "send", exchange: 1, data: "\xff" });
  client.send("\0");
  settle();
  assert.deepEqual([client.frames(), pushed.at(-1)], [["\xff"], { type: "net.frame", exchange: 1, data: "\0" }]);
  ask({ op: "close", exchange: 1, code: 1000, reason: "" });
  assert.deepEqual([client.closeCode(), client.state()], [1000, "ended"]);
  assert.equal(ask({ op: "send", exchange: 1, data: "late" }).ok, false);
});

test("netModel() lets a WebSocket be refused like any request, and refuses frames where there is none", () => {
  const { net, client, ask, settle } = stage();
  ask({ op: "respond", exchange: 1, code: 403, headers: {}, body: "no", end: true });
  assert.deepEqual([client.code(), client.body(), client.isSocket()], [403, "no", false]);
  net.call({ ...here, url: "/" });
  settle();
  const answer = ask({ op: "send", exchange: 2, data: "x" });
  assert.equal((answer as { code: string }).code, "EINVAL");
  assert.equal(net.connect({ host: "10.0.0.2", port: 1, url: "/" }).state(), "refused");
});

test("netModel() holds what a server has not dealt with, and what a slow client has not taken", () => {
  const { client, pushed, ask, settle } = stage();
  ask({ op: "accept", exchange: 1, subprotocol: "" });
  for (const data of ["x".repeat(socketUnderWayMax), "y"]) client.send(data);
  settle();
  assert.equal(pushed.filter(({ type }) => type === "net.frame").length, 1);
  ask({ op: "taken", exchange: 1, bytes: socketUnderWayMax });
  assert.equal(pushed.filter(({ type }) => type === "net.frame").length, 2);
  client.pause();
  assert.deepEqual(ask({ op: "send", exchange: 1, data: "four" }), { ok: true, bufferedBytes: 4 });
  client.resume();
  settle();
  assert.deepEqual([client.frames(), pushed.at(-1)], [["four"], { type: "net.drained", exchange: 1 }]);
});

test("netModel() breaks a response that its server gives up, and tells of a client that goes", () => {
  const { net, client, pushed, ask, settle } = stage();
  ask({ op: "accept", exchange: 1, subprotocol: "" });
  client.abort();
  assert.deepEqual(pushed.at(-1), { type: "net.closed", exchange: 1 });
  const exchange = net.call({ ...here, url: "/" });
  settle();
  ask({ op: "respond", exchange: 2, code: 200, headers: {}, body: "half", end: false });
  ask({ op: "abort", exchange: 2 });
  assert.equal(exchange.state(), "reset");
});

test("netModel() lets a server go on with whatever a client asks for", () => {
  const { net, pushed, ask, settle } = stage();
  const client = net.connect({ ...here, method: "POST", url: "/x", upgrade: "SPDY/3.1" });
  settle();
  const request = pushed.at(-1);
  assert.ok(request?.type === "net.request");
  assert.deepEqual(
    [request.method, request.upgrade, request.headers],
    ["POST", "spdy/3.1", { connection: "Upgrade", upgrade: "SPDY/3.1" }],
  );
  ask({ op: "switch", exchange: 2, headers: [["Upgrade", "SPDY/3.1"]] });
  assert.deepEqual([client.isSocket(), client.code(), client.headers()], [true, 101, { Upgrade: "SPDY/3.1" }]);
  client.send("\0up");
  ask({ op: "send", exchange: 2, data: "\xffdown" });
  assert.deepEqual([pushed.at(-1), client.frames()], [{ type: "net.frame", exchange: 2, data: "\0up" }, ["\xffdown"]]);
  ask({ op: "close", exchange: 2, code: 1000, reason: "" });
  assert.equal(client.state(), "ended");
});
