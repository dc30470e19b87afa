import { request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";
import { assert, test } from "../../properties/house/test.ts";
import { randomFrom } from "../core/random.ts";
import { https } from "./https.ts";
import type { NetAnswer, NetMessage, NetRequest } from "./messages.ts";
import { socketUnderWayMax } from "./net_rules.ts";
import { messagesBytesMax } from "./web_sockets.ts";

type Pushed = Extract<NetMessage, { type: "net.request" }>;

interface Server {
  readonly port: number;
  readonly pushed: NetMessage[];
  ask(request: NetRequest): NetAnswer;
  close(): void;
}

/** Opens the device for one test; `serve` answers what asks for an upgrade. */
async function withServer(serve: (request: Pushed, server: Server) => void, body: (server: Server) => Promise<void>) {
  const pushed: NetMessage[] = [];
  const device = https.open({
    address: "apiserver/0",
    incarnation: 0,
    permissions: {},
    random: randomFrom(1),
    uptimeMs: () => performance.now(),
    after: (delayMs, run) => void setTimeout(run, delayMs),
    push(message) {
      pushed.push(message as NetMessage);
      // The device hands over what it pushes before it looks at answers.
      if (message.type === "net.request") queueMicrotask(() => serve(message as Pushed, server));
    },
  });
  const listening = await new Promise<NetAnswer>((resolve) =>
    device.request({ op: "listen", host: "127.0.0.1", port: 0 }, (answer) => resolve(answer as NetAnswer), undefined),
  );
  assert.ok(listening.ok && listening.port);
  const server: Server = {
    port: listening.port,
    pushed,
    ask(request) {
      let answer: unknown;
      device.request(
        request,
        (given) => {
          answer = given;
        },
        undefined,
      );
      return answer as NetAnswer;
    },
    close: () => device.close(true),
  };
  try {
    await body(server);
  } finally {
    device.close(false);
  }
}

const accept =
  (subprotocol: string) =>
  ({ exchange }: Pushed, server: Server) =>
    void server.ask({ op: "accept", exchange, subprotocol });

async function until(predicate: () => boolean) {
  while (!predicate()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A client that is connected. */
async function open(port: number): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}/x?y=1`);
  client.on("error", () => {});
  await new Promise((resolve) => client.once("open", resolve));
  return client;
}

test("https makes a WebSocket of a request that its actor accepts, and carries bytes both ways", () =>
  withServer(
    ({ exchange }, server) => {
      server.ask({ op: "accept", exchange, subprotocol: "" });
      server.ask({ op: "send", exchange, data: "\0hi\xff" });
    },
    async (server) => {
      const client = new WebSocket(`ws://127.0.0.1:${server.port}/x?y=1`);
      const frames: string[] = [];
      client.on("message", (data: Buffer) => frames.push(data.toString("latin1")));
      await new Promise((resolve) => client.once("open", resolve));
      client.send(Buffer.from([0, 128, 255]));
      client.send("tëxt");
      await until(() => server.pushed.length === 3 && frames.length === 1);
      const [request, ...others] = server.pushed;
      const { exchange, url, upgrade } = request as Pushed;
      assert.deepEqual([url, upgrade, frames], ["/x?y=1", "websocket", ["\0hi\xff"]]);
      assert.deepEqual(others, [
        { type: "net.frame", exchange, data: "\0\x80\xff" },
        { type: "net.frame", exchange, data: Buffer.from("tëxt").toString("latin1") },
      ]);
      const closed = new Promise((resolve) => client.once("close", (code, reason) => resolve([code, String(reason)])));
      server.ask({ op: "close", exchange, code: 4001, reason: "enough" });
      assert.deepEqual(await closed, [4001, "enough"]);
      assert.equal(server.ask({ op: "send", exchange, data: "x" }).ok, false);
      assert.equal(server.pushed.length, 3);
    },
  ));

test("https names the protocol that was chosen, also one with a slash", () =>
  withServer(accept("b/2"), async (server) => {
    const socket = connect(server.port, "127.0.0.1");
    const key = "dGhlIHNhbXBsZSBub25jZQ==";
    const lines = [
      "GET / HTTP/1.1",
      "Host: x",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
    ];
    socket.write([...lines, `Sec-WebSocket-Key: ${key}`, "Sec-WebSocket-Protocol: a, b/2", "", ""].join("\r\n"));
    const head = await new Promise<string>((resolve) => socket.once("data", (data) => resolve(String(data))));
    assert.match(head, /^HTTP\/1\.1 101 .*\r\nSec-WebSocket-Protocol: b\/2\r\n/s);
    socket.destroy();
    await until(() => server.pushed.at(-1)?.type === "net.closed");
  }));

test("https answers a request for an upgrade like any other when its actor does", () =>
  withServer(
    ({ exchange }, server) =>
      void server.ask({ op: "respond", exchange, code: 403, headers: { "X-Why": "so" }, body: "no ä", end: true }),
    async (server) => {
      for (const upgrade of ["websocket", "SPDY/3.1"]) {
        const request = httpRequest({
          port: server.port,
          host: "127.0.0.1",
          method: "POST",
          headers: { Connection: "Upgrade", Upgrade: upgrade },
        });
        request.end();
        const [code, why, body] = await new Promise<unknown[]>((resolve) =>
          request.on("response", (response) => {
            let text = "";
            response.setEncoding("utf8").on("data", (chunk) => {
              text += chunk;
            });
            response.on("end", () => resolve([response.statusCode, response.headers["x-why"], text]));
          }),
        );
        assert.deepEqual([code, why, body], [403, "so", "no ä"]);
        assert.equal((server.pushed.at(-1) as Pushed).upgrade, upgrade.toLowerCase());
      }
      assert.equal(server.ask({ op: "accept", exchange: 1, subprotocol: "" }).ok, false);
    },
  ));

test("https hands over no more messages than its actor has dealt with", () =>
  withServer(accept(""), async (server) => {
    const client = await open(server.port);
    const piece = 32_768;
    const total = 4 * socketUnderWayMax;
    for (let sent = 0; sent < total; sent += piece) client.send(Buffer.alloc(piece, "x"));
    const came = () => server.pushed.reduce((sum, each) => sum + (each.type === "net.frame" ? each.data.length : 0), 0);
    await until(() => came() >= socketUnderWayMax);
    // What the library has read already may follow, but by far not all.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const held = came();
    assert.ok(held <= socketUnderWayMax + 2 * piece, `${held}`);
    for (let dealt = 0; dealt < total; ) {
      const bytes = came() - dealt;
      dealt += bytes;
      if (bytes > 0) server.ask({ op: "taken", exchange: 1, bytes });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(came(), total);
    client.terminate();
  }));

test("https hands over no more than a thousand messages at a time, however short, and no empty ones", () =>
  withServer(accept(""), async (server) => {
    const client = await open(server.port);
    for (let sent = 0; sent < 5_000; sent++) client.send(Buffer.alloc(sent % 2 === 0 ? 1 : 0));
    const came = () => server.pushed.filter(({ type }) => type === "net.frame").length;
    await until(() => came() === 1_000);
    for (let dealt = 0; dealt < 2_500; ) {
      const bytes = came() - dealt;
      assert.ok(bytes <= 1_000, `${bytes}`);
      dealt += bytes;
      if (bytes > 0) server.ask({ op: "taken", exchange: 1, bytes });
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(came(), 2_500);
    client.terminate();
  }));

test("https hands over one message each time around the loop, in turn for all who send", () =>
  withServer(accept(""), async (server) => {
    const clients = await Promise.all([open(server.port), open(server.port)]);
    for (const client of clients) for (let sent = 0; sent < 500; sent++) client.send(Buffer.alloc(100));
    const exchanges = () => server.pushed.flatMap((each) => (each.type === "net.frame" ? [each.exchange] : []));
    let [most, before] = [0, 0];
    while (before < 1_000) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, exchanges().length - before);
      before = exchanges().length;
    }
    assert.equal(most, 1);
    for (const client of clients) client.terminate();
  }));

test("https tells how much waits for a slow WebSocket, when that was taken, and that its client is gone", () =>
  withServer(accept(""), async (server) => {
    const client = await open(server.port);
    client.pause();
    let buffered = 0;
    for (let turn = 0; turn < 200 && buffered === 0; turn++) {
      const answer = server.ask({ op: "send", exchange: 1, data: "x".repeat(1024 * 1024) });
      buffered = answer.ok ? (answer.bufferedBytes ?? 0) : 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(buffered > 0, "nothing was buffered for a client that reads nothing");
    client.resume();
    await until(() => server.pushed.some(({ type }) => type === "net.drained"));
    client.terminate();
    await until(() => server.pushed.some(({ type }) => type === "net.closed"));
    assert.equal(server.ask({ op: "send", exchange: 1, data: "x" }).ok, false);
  }));

test("https answers pings only as far as its client reads the answers", () =>
  withServer(accept(""), async (server) => {
    const client = await open(server.port);
    const waiting = () => {
      const answer = server.ask({ op: "send", exchange: 1, data: "x" });
      return answer.ok ? (answer.bufferedBytes ?? 0) : 0;
    };
    await new Promise((resolve) => client.once("pong", resolve).ping());
    client.pause();
    for (let turn = 0; turn < 200 && waiting() === 0; turn++) {
      server.ask({ op: "send", exchange: 1, data: "x".repeat(1024 * 1024) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    const before = waiting();
    assert.ok(before > 0, "nothing was buffered for a client that reads nothing");
    const [count, ping] = [8_000, Buffer.alloc(125)];
    for (let sent = 0; sent < count; sent++) client.ping(ping);
    client.send("last");
    await until(() => server.pushed.some(({ type }) => type === "net.frame"));
    assert.ok(waiting() < before + (count * ping.length) / 2, `${before} bytes waited, then ${waiting()}`);
    client.terminate();
  }));

test("https breaks what is open when its actor's life ends", () =>
  withServer(accept(""), async (server) => {
    const client = await open(server.port);
    const closed = new Promise((resolve) => client.once("close", resolve));
    server.close();
    assert.equal(await closed, 1006);
  }));

test("https answers a handshake that is none as a value", () =>
  withServer(
    () => {},
    async (server) => {
      const socket = connect(server.port, "127.0.0.1");
      socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      await until(() => server.pushed.length === 1);
      const answer = server.ask({ op: "accept", exchange: 1, subprotocol: "" });
      assert.deepEqual([answer.ok, (answer as { code: string }).code], [false, "EPROTO"]);
      const said = await new Promise<string>((resolve) => socket.once("data", (data) => resolve(String(data))));
      assert.match(said, /^HTTP\/1\.1 400 /);
      socket.destroy();
    },
  ));

test("https cuts off who has sent the most when all WebSockets together have sent more than there is room for", () =>
  withServer(accept(""), async (server) => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => open(server.port)));
    const codes = clients.map(() => 0);
    for (const [index, client] of clients.entries()) {
      client.on("close", (code) => {
        codes[index] = code;
      });
    }
    const mebibyte = 1024 * 1024;
    // None is whole, and none of them is too long by itself.
    const sizes = [30, 20, 10, 10, 10].map((size) => size * mebibyte);
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) > messagesBytesMax);
    for (const [index, client] of clients.entries()) {
      for (let left = sizes[index] ?? 0; left > 0; left -= mebibyte) {
        await new Promise<void>((resolve) => client.send(Buffer.alloc(mebibyte), { fin: false }, () => resolve()));
      }
      if (index < 3) await new Promise((resolve) => client.once("pong", resolve).ping());
    }
    await until(() => codes.some((code) => code !== 0));
    await Promise.all(clients.slice(1).map((client) => new Promise((resolve) => client.once("pong", resolve).ping())));
    assert.deepEqual(codes, [1013, 0, 0, 0, 0]);
    assert.equal(server.pushed.filter(({ type }) => type === "net.closed").length, 1);
    for (const client of clients) client.terminate();
  }));

test("https hands over the messages of one packet in turns: others are served between them", () =>
  withServer(accept(""), async (server) => {
    const client = await open(server.port);
    const [bytes, count] = [Buffer.from([0x82, 0x81, 0, 0, 0, 0, 65]), 500];
    (client as unknown as { readonly _socket: Socket })._socket.write(Buffer.concat(Array(count).fill(bytes)));
    const frames = () => server.pushed.filter(({ type }) => type === "net.frame").length;
    let most = 0;
    for (let before = 0; before < count; ) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, frames() - before);
      before = frames();
    }
    assert.ok(most <= 2, `${most} at once`);
    client.terminate();
  }));

/** A client that goes on with SPDY, and what it hears after the answer to that. */
async function openRaw(port: number, first = "") {
  const socket = connect(port, "127.0.0.1");
  let said = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    said += text;
  });
  const asked = "X-Stream-Protocol-Version: v4.x\r\nX-Stream-Protocol-Version: v3.x\r\n";
  socket.write(
    `POST /exec HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${asked}\r\n${first}`,
    "latin1",
  );
  await until(() => said.includes("\r\n\r\n"));
  return {
    socket,
    head: () => said.split("\r\n\r\n", 1)[0] ?? "",
    heard: () => said.slice(said.indexOf("\r\n\r\n") + 4),
  };
}

test("a connection that goes on with SPDY carries bytes as they are, both ways, and its end", async () => {
  await withServer(accept("v4.x"), async (server) => {
    const { socket, head, heard } = await openRaw(server.port, "\x80early");
    assert.equal(
      head(),
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.x",
    );
    const [asked] = server.pushed;
    assert.ok(asked?.type === "net.request");
    assert.deepEqual([asked.upgrade, asked.headers["x-stream-protocol-version"]], ["spdy/3.1", "v4.x, v3.x"]);
    const { exchange } = asked;
    const came = () => server.pushed.map((each) => (each.type === "net.frame" ? each.data : "")).join("");
    socket.write("\xff later", "latin1");
    await until(() => came() === "\x80early\xff later");
    server.ask({ op: "taken", exchange, bytes: came().length });
    server.ask({ op: "send", exchange, data: "\0\xfe" });
    await until(() => heard() === "\0\xfe");
    const gone = new Promise((resolve) => socket.once("end", () => resolve(undefined)));
    server.ask({ op: "send", exchange, data: "last" });
    server.ask({ op: "close", exchange, code: 1000, reason: "" });
    await gone;
    assert.equal(heard(), "\0\xfelast");
    const after = server.ask({ op: "send", exchange, data: "x" });
    assert.ok(!after.ok && after.code === "ECONNRESET");
    assert.ok(!server.pushed.some(({ type }) => type === "net.closed"), "who is told to leave is not told of");
  });
});

test("a client of SPDY has to wait while what it sent is not dealt with, and who writes to it is told when it has read", async () => {
  await withServer(accept(""), async (server) => {
    const { socket, heard } = await openRaw(server.port);
    const came = () => server.pushed.reduce((sum, each) => sum + (each.type === "net.frame" ? each.data.length : 0), 0);
    const total = 8 * socketUnderWayMax;
    socket.write("x".repeat(total));
    await until(() => came() >= socketUnderWayMax);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(came() < 4 * socketUnderWayMax, `${came()} bytes were handed over`);
    for (let taken = 0; taken < total; ) {
      const more = came() - taken;
      if (more > 0) server.ask({ op: "taken", exchange: 1, bytes: more });
      taken += more;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(came(), total);
    socket.pause();
    const answer = server.ask({ op: "send", exchange: 1, data: "y".repeat(20_000_000) });
    assert.ok(answer.ok && (answer.bufferedBytes ?? 0) > 0);
    socket.resume();
    await until(() => server.pushed.some(({ type }) => type === "net.drained"));
    await until(() => heard().length === 20_000_000);
    socket.destroy();
    await until(() => server.pushed.some(({ type }) => type === "net.closed"));
  });
});

test("https deals with the parts of one packet's message in many turns of the loop", () =>
  withServer(accept(""), async (server) => {
    const client = await open(server.port);
    for (let left = 10_000; left > 0; left--) client.send("x", { fin: left === 1, binary: true });
    let turns = 0;
    for (; server.pushed.length < 2 && turns < 100_000; turns++) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(server.pushed[1], { type: "net.frame", exchange: 1, data: "x".repeat(10_000) });
    assert.ok(turns >= 10_000 / 32, String(turns));
    client.terminate();
  }));
