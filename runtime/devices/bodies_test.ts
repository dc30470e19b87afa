import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { assert, test } from "../../properties/house/test.ts";
import { call, limits, type Server, withServer } from "../../properties/stages/devices/https_server.ts";
import { createBodies, heldBytesMax } from "./bodies.ts";

const mib = 1024 * 1024;
const head = (more: string) => `POST / HTTP/1.1\r\nHost: x\r\n${more}\r\n\r\n`;

/** Reads bodies with these limits, and answers with what became of them. */
function serve(server: Server, { bytesMax = limits.bytesMax, withinMs = limits.withinMs } = {}) {
  server.onRequest = async ({ exchange }) => {
    const answer = await server.ask({ op: "read", exchange, bytesMax, withinMs });
    const body = answer.ok ? String(answer.body?.length) : answer.code;
    await server.ask({ op: "respond", exchange, code: answer.ok ? 200 : 413, headers: {}, body, end: true });
  };
}

/** All that comes on a connection until it ends. */
function speak(server: Server, say: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = connect(server.port, "127.0.0.1", () => say(socket));
    socket.on("data", (data: Buffer) => {
      heard += data.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(heard));
  });
}

test("https refuses a body that is too long: at once if it says so, else when it is", () =>
  withServer(async (server) => {
    serve(server);
    const long = "x".repeat(3 * mib + 1);
    for (const headers of [{ "Content-Length": String(long.length) }, { "Transfer-Encoding": "chunked" }]) {
      const reply = await call(server, { method: "POST", path: "/", body: long, headers });
      assert.deepEqual([reply.code, reply.body, reply.headers.connection], [413, "EMSGSIZE", "close"]);
    }
    const declared = await speak(server, (socket) => socket.write(head("Content-Length: 999999999")));
    assert.match(declared, /^HTTP\/1.1 413 .*EMSGSIZE$/s);
    assert.equal((await call(server, { method: "POST", path: "/", body: long.slice(1) })).body, String(3 * mib));
  }));

test("https gives up a body that does not come in time, and lets its client go", () =>
  withServer(async (server) => {
    serve(server, { withinMs: 10 });
    const heard = await speak(server, (socket) => socket.write(`${head("Content-Length: 1000000")}x`));
    assert.match(heard, /^HTTP\/1.1 413 .*Connection: close.*ETIMEDOUT$/s);
    assert.deepEqual(
      server.pushed.map(({ type }) => type),
      ["net.request"],
    );
  }));

test("https tells a client to go on when its body is wanted, and only then", () =>
  withServer(async (server) => {
    serve(server, { bytesMax: 10 });
    const expecting = (length: number) => head(`Expect: 100-continue\r\nContent-Length: ${length}`);
    const wanted = await speak(server, (socket) => {
      socket.write(expecting(5));
      socket.once("data", () => socket.end("12345"));
    });
    assert.match(wanted, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK.*5$/s);
    const unwanted = await speak(server, (socket) => socket.write(expecting(11)));
    assert.match(unwanted, /^HTTP\/1.1 413 /);
  }));

test("https goes on with a connection after a body that nobody read, if it is short, else ends it with the answer", () =>
  withServer(async (server) => {
    server.onRequest = ({ exchange }) =>
      void server.ask({ op: "respond", exchange, code: 401, headers: {}, body: "who?", end: true });
    const short = 200 * 1024;
    const twice = await speak(server, (socket) => {
      socket.write(`${head(`Content-Length: ${short}`)}x`);
      socket.once("data", () => {
        socket.write("x".repeat(short - 1));
        socket.write(head("Connection: close\r\nContent-Length: 0"));
      });
    });
    assert.equal(twice.match(/HTTP\/1.1 401 /g)?.length, 2);
    const endless = await speak(server, (socket) => {
      socket.write(head("Transfer-Encoding: chunked"));
      const piece = `10000\r\n${"x".repeat(0x10000)}\r\n`;
      const go = () => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on("drain", go);
      go();
    });
    assert.match(endless, /^HTTP\/1.1 401 .*Connection: close.*who\?$/s);
    assert.ok(!server.pushed.some(({ type }) => type === "net.closed"));
  }));

test("createBodies() holds no more than its budget until requests are answered, and cuts off who has had long", () => {
  let nowMs = 0;
  const bodies = createBodies({ after: () => {}, uptimeMs: () => nowMs });
  const open = () => {
    const said: string[] = [];
    const request = Object.assign(new EventEmitter(), { headers: {}, destroyed: false, pause: () => {} });
    const incoming = request as unknown as IncomingMessage;
    const whole = { bytesMax: heldBytesMax, withinMs: 60_000 };
    bodies.read(incoming, whole, (answer) => said.push(answer.ok ? "read" : answer.code));
    return {
      said,
      incoming,
      send: (bytes: number) => request.emit("data", Buffer.alloc(bytes)),
      end: () => request.emit("end"),
    };
  };
  const [slow, quick, late] = [open(), open(), open()];
  slow.send(heldBytesMax / 2);
  quick.send(heldBytesMax / 2);
  // All have just begun: who would need more than there is has come too late.
  late.send(1);
  assert.deepEqual([slow.said, quick.said, late.said], [[], [], ["ENOBUFS"]]);
  quick.end();
  nowMs = 1_000;
  // What was read is held until it is answered; who is still at it after a second gives way.
  const next = open();
  next.send(heldBytesMax / 2);
  assert.deepEqual([slow.said, quick.said, next.said], [["ENOBUFS"], ["read"], []]);
  next.end();
  const full = open();
  full.send(1);
  bodies.release(quick.incoming);
  const after = open();
  after.send(heldBytesMax / 2);
  after.end();
  assert.deepEqual([next.said, full.said, after.said], [["read"], ["ENOBUFS"], ["read"]]);
});
