import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import { Duplex } from "node:stream";
import { assert, test } from "../../properties/house/test.ts";
import { type Server, withServer } from "../../properties/stages/devices/https_server.ts";
import { socketUnderWayMax } from "./net_rules.ts";
import { createRawUpgrades } from "./raw_upgrades.ts";
import type { Offer } from "./web_sockets.ts";

test("createRawUpgrades() keeps nothing of what a client sends that was told to leave", async () => {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const upgrades = createRawUpgrades(() => {});
  const response = { detachSocket() {} } as unknown as ServerResponse;
  upgrades.offer(1, { socket, response, head: Buffer.alloc(0) } as unknown as Offer);
  assert.ok(upgrades.serve({ op: "accept", exchange: 1, subprotocol: "" }).ok);
  assert.equal(socket.listenerCount("data"), 1);
  assert.ok(upgrades.serve({ op: "close", exchange: 1, code: 1000, reason: "" }).ok);
  // It is still read, so that its end is heard of.
  socket.push("much");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([socket.listenerCount("data"), socket.readableLength, upgrades.size()], [0, 0, 0]);
  upgrades.close();
  assert.ok(socket.destroyed);
});

/** A client that asks to go on with something, and what it hears. */
function client(server: Server, upgrade: string, first = "") {
  const socket = connect(server.port, "127.0.0.1");
  let heard = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    heard += text;
  });
  socket.write(`GET /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n${first}`, "latin1");
  return { socket, heard: () => heard };
}

async function until(predicate: () => boolean) {
  while (!predicate()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const headers = [
  ["Upgrade", "WebSocket"],
  ["connection", "upgrade"],
  ["X-A", "1\r\nX-B: no\x80"],
  ["X-A", "2"],
] as const;

test("a switch goes on with whatever a client asks for, under the headers that are given, bytes as they are both ways", async () => {
  for (const upgrade of ["WebSocket", "SPDY/3.1", "anything"]) {
    await withServer(async (server) => {
      server.onRequest = ({ exchange, upgrade: asked }) => {
        assert.equal(asked, upgrade.toLowerCase());
        void server.ask({ op: "switch", exchange, headers });
      };
      const { socket, heard } = client(server, upgrade, "\x80early");
      const head = "Upgrade: WebSocket\r\nconnection: upgrade\r\nX-A: 1X-B: no\x80\r\nX-A: 2\r\n\r\n";
      await until(() => heard().endsWith("\r\n\r\n"));
      assert.equal(heard(), `HTTP/1.1 101 Switching Protocols\r\n${head}`);
      await until(() => server.pushed.length === 2);
      assert.deepEqual(server.pushed[1], { type: "net.frame", exchange: 1, data: "\x80early" });
      void server.ask({ op: "send", exchange: 1, data: "\0\xff" });
      await until(() => heard().endsWith("\0\xff"));
      socket.end("\xfelast", "latin1");
      await until(() => server.pushed.length === 4);
      assert.deepEqual(server.pushed.slice(2), [
        { type: "net.frame", exchange: 1, data: "\xfelast" },
        { type: "net.closed", exchange: 1 },
      ]);
    });
  }
});

test("what a client wrote before it left is handed over before that is told, however much it is", () =>
  withServer(async (server) => {
    server.onRequest = ({ exchange }) => void server.ask({ op: "switch", exchange, headers });
    const { socket } = client(server, "x");
    const total = 3 * socketUnderWayMax;
    socket.end("x".repeat(total));
    const came = () => server.pushed.reduce((sum, each) => sum + (each.type === "net.frame" ? each.data.length : 0), 0);
    for (let taken = 0; server.pushed.at(-1)?.type !== "net.closed"; ) {
      const bytes = came() - taken;
      taken += bytes;
      if (bytes > 0) void server.ask({ op: "taken", exchange: 1, bytes });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(came(), total);
  }));

test("connections that went on with something else count no more as requests of strangers", () =>
  withServer(async (server) => {
    server.onRequest = ({ exchange, upgrade }) => {
      if (upgrade === "spdy/3.1") void server.ask({ op: "accept", exchange, subprotocol: "" });
      else void server.ask({ op: "switch", exchange, headers });
      void server.ask({ op: "close", exchange, code: 1000, reason: "" });
    };
    for (let round = 0; round < 13; round++) {
      const clients = Array.from({ length: 200 }, (_none, at) => client(server, at % 2 === 0 ? "x" : "SPDY/3.1"));
      await until(() => clients.every(({ heard }) => heard().includes("\r\n\r\n")));
      for (const { socket, heard } of clients) {
        assert.match(heard(), /^HTTP\/1\.1 101 /, `round ${round}`);
        socket.destroy();
      }
    }
  }));
