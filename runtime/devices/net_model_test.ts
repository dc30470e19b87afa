import { assert, test } from "../../properties/house/test.ts";
import type { Message } from "../core/actor.ts";
import { randomFrom } from "../core/random.ts";
import type { NetAnswer, NetMessage, NetRequest } from "./messages.ts";
import { type NetModel, netModel } from "./net_model.ts";

type Pushed = Extract<NetMessage, { type: "net.request" }>;

/** A server on a virtual network whose time passes when the test says so. */
function serverOn(net: NetModel) {
  const due: (() => void)[] = [];
  const pushed: NetMessage[] = [];
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
    device.request(
      request,
      (any) => {
        answer = any;
      },
      undefined,
    );
    settle();
    return answer as NetAnswer;
  };
  return { device, pushed, settle, ask };
}

const here = { host: "10.0.0.1", port: 443 };
const headers = { "Content-Type": "text/plain" };

function exchangeOf(message: NetMessage | undefined): number {
  return (message as Pushed).exchange;
}

test("netModel() hands over a body when it is asked for, in base64 when its client says so, and not if it is long", () => {
  const net = netModel();
  const { ask, settle, pushed } = serverOn(net);
  ask({ op: "listen", ...here });
  const client = net.call({ ...here, url: "/", body: "/w==", bodyEncoding: "base64" });
  settle();
  assert.deepEqual([(pushed[0] as Pushed).hasBody, client.isBodyRead()], [true, false]);
  const withinMs = 1_000;
  assert.equal((ask({ op: "read", exchange: 1, bytesMax: 3, withinMs }) as { code: string }).code, "EMSGSIZE");
  assert.deepEqual(ask({ op: "read", exchange: 1, bytesMax: 4, withinMs }), {
    ok: true,
    body: "/w==",
    bodyEncoding: "base64",
  });
  assert.ok(client.isBodyRead());
});

test("netModel() carries a request to who listens and a response back", () => {
  const net = netModel();
  const { ask, settle, pushed } = serverOn(net);
  assert.deepEqual(ask({ op: "listen", ...here }), { ok: true, port: 443 });
  const exchange = net.call({ ...here, url: "/x", method: "PUT", body: "b" });
  settle();
  assert.deepEqual(pushed, [
    { type: "net.request", exchange: 1, method: "PUT", url: "/x", headers: {}, hasBody: true },
  ]);
  assert.equal(exchange.state(), "waiting");
  ask({ op: "respond", exchange: 1, code: 200, headers, body: "one", end: false });
  assert.equal(exchange.state(), "open");
  ask({ op: "write", exchange: 1, chunk: "two" });
  ask({ op: "end", exchange: 1 });
  assert.deepEqual([exchange.state(), exchange.code(), exchange.chunks()], ["ended", 200, ["one", "two"]]);
  assert.equal(ask({ op: "write", exchange: 1, chunk: "late" }).ok, false);
});

test("netModel() refuses where nobody listens and a port that is taken", () => {
  const net = netModel();
  assert.equal(net.call({ ...here, url: "/" }).state(), "refused");
  const { ask } = serverOn(net);
  ask({ op: "listen", ...here });
  assert.equal((ask({ op: "listen", ...here }) as { code: string }).code, "EADDRINUSE");
});

test("netModel() resets what is open when the server's life ends", () => {
  const net = netModel();
  const { ask, settle, device } = serverOn(net);
  ask({ op: "listen", ...here });
  const exchange = net.call({ ...here, url: "/" });
  settle();
  device.close(true);
  assert.equal(exchange.state(), "reset");
  assert.equal(net.call({ ...here, url: "/" }).state(), "refused");
});

test("netModel() tells the server of a client that went away, and of a broken connection", () => {
  const net = netModel();
  const { ask, settle, pushed } = serverOn(net);
  ask({ op: "listen", ...here });
  const [gone, broken] = [net.call({ ...here, url: "/1" }), net.call({ ...here, url: "/2" })];
  settle();
  gone.abort();
  net.reset(here.host, here.port);
  assert.deepEqual([gone.state(), broken.state()], ["reset", "reset"]);
  assert.deepEqual(pushed.slice(2), [
    { type: "net.closed", exchange: 1 },
    { type: "net.closed", exchange: 2 },
  ]);
});

test("netModel() buffers for a slow client and says when it has caught up", () => {
  const net = netModel();
  const { ask, settle, pushed } = serverOn(net);
  ask({ op: "listen", ...here });
  const exchange = net.call({ ...here, url: "/" });
  settle();
  const id = exchangeOf(pushed[0]);
  ask({ op: "respond", exchange: id, code: 200, headers, body: "", end: false });
  exchange.pause();
  assert.deepEqual(ask({ op: "write", exchange: id, chunk: "four" }), { ok: true, bufferedBytes: 4 });
  assert.deepEqual(ask({ op: "write", exchange: id, chunk: "more" }), { ok: true, bufferedBytes: 8 });
  assert.equal(exchange.body(), "");
  exchange.resume();
  settle();
  assert.equal(exchange.body(), "fourmore");
  assert.deepEqual(pushed.at(-1), { type: "net.drained", exchange: id });
});
