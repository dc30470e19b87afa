import { Agent } from "node:https";
import { connect } from "node:tls";
import { assert, test } from "../../properties/house/test.ts";
import { certificates } from "../../properties/stages/devices/certificates.ts";
import { bodyOf, call, type Pushed, type Server, withServer } from "../../properties/stages/devices/https_server.ts";

const { authority, serving } = certificates;
const tls = { key: serving.key, cert: serving.cert, clientCa: authority };
const trust = { ca: authority, servername: "localhost", checkServerIdentity: () => undefined };

const [kib, mib] = [1024, 1024 * 1024];
/** What objects weigh, and every sixtieth as much as is taken at all. */
const sizes = [kib, 20 * kib, 50 * kib, 2 * kib, 300 * kib, kib, 20 * kib, 50 * kib, kib, 5 * kib];
const sizeOf = (index: number) => (index % 60 === 59 ? 3 * mib : (sizes[index % sizes.length] as number));

/** Sends requests without waiting for answers; gives how many were answered with as much as was sent. */
function pipelined(server: Server, count: number): Promise<number> {
  return new Promise((resolve) => {
    let [answered, rest]: [number, Buffer] = [0, Buffer.alloc(0)];
    const socket = connect({ host: "127.0.0.1", port: server.port, ...trust }, () => {
      for (let index = 0; index < count; index++) {
        const size = sizeOf(index);
        socket.write(`POST /${index} HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`);
        socket.write(Buffer.alloc(size, 97));
      }
    });
    socket.on("data", (data: Buffer) => {
      rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
      for (;;) {
        const end = rest.indexOf("\r\n\r\n");
        const size = sizeOf(answered);
        if (end < 0 || rest.length < end + 4 + size) break;
        assert.match(rest.toString("latin1", 0, end), new RegExp(`content-length: ${size}\r\n`, "i"));
        rest = rest.subarray(end + 4 + size);
        answered++;
      }
      if (answered === count) socket.end();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answered));
  });
}

/** Sends one request after the other on one connection; gives how many were answered with what was sent. */
async function keptAlive(server: Server, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let answered = 0;
  for (let index = 0; index < count; index++) {
    const body = "a".repeat(sizeOf(index));
    const reply = await call(server, { method: "POST", path: `/${index}`, body, agent, tls: trust }).catch(
      () => undefined,
    );
    if (reply?.body.length === body.length) answered++;
  }
  agent.destroy();
  return answered;
}

test("https loses no body when several clients send thousands, pipelined and on kept connections", () =>
  withServer(async (server) => {
    server.onRequest = async (request) => {
      const body = await bodyOf(server, request);
      await server.ask({ op: "respond", exchange: request.exchange, code: 201, headers: {}, body, end: true });
    };
    const counts = await Promise.all([
      ...Array.from({ length: 6 }, () => pipelined(server, 300)),
      ...Array.from({ length: 4 }, () => keptAlive(server, 300)),
    ]);
    assert.deepEqual(counts, Array(10).fill(300));
  }, tls));

test("https reads no more from a client that takes no answers", () =>
  withServer(async (server) => {
    const answer = "x".repeat(mib);
    server.onRequest = ({ exchange }) =>
      void server.ask({ op: "respond", exchange, code: 200, headers: {}, body: answer, end: true });
    const socket = connect({ host: "127.0.0.1", port: server.port, ...trust });
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    socket.pause();
    const count = 2_000;
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nFiller: ${"f".repeat(4 * kib)}\r\n\r\n`.repeat(count));
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.ok(server.pushed.length < count / 10, `${server.pushed.length} of ${count} were asked for`);
    socket.destroy();
  }, tls));

test("https begins with a request when the one before it on the connection is answered, and tells of the end of each", () =>
  withServer(async (server) => {
    const socket = connect({ host: "127.0.0.1", port: server.port, ...trust });
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    const count = 300;
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(count));
    const begun = () => server.pushed.filter(({ type }) => type === "net.request") as Pushed[];
    const untilBegun = async (least: number) => {
      while (begun().length < least) await new Promise((resolve) => setTimeout(resolve, 2));
    };
    await untilBegun(1);
    const body = "x".repeat(200 * kib);
    for (let index = 0; index < count - 1; index++) {
      assert.equal(begun().length, index + 1, "nothing is done for who still waits");
      const { exchange } = begun()[index] as Pushed;
      const answer = { exchange, code: 200, headers: {}, body: index % 50 === 0 ? body : "" };
      await server.ask({ op: "respond", ...answer, end: true });
      socket.resume();
      await untilBegun(index + 2);
    }
    socket.destroy();
    const last = begun().at(-1);
    while (server.pushed.at(-1)?.type !== "net.closed") await new Promise((resolve) => setTimeout(resolve, 2));
    assert.equal(begun().at(-1), last);
    assert.deepEqual(server.pushed.at(-1), { type: "net.closed", exchange: last?.exchange });
  }, tls));

test("https lets go of a client that asks for another protocol before its last answer, and of nobody else", () =>
  withServer(async (server) => {
    const socket = connect({ host: "127.0.0.1", port: server.port, ...trust }).on("error", () => {});
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    socket.write(`GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`);
    await new Promise((resolve) => socket.resume().once("close", resolve));
    assert.deepEqual(
      server.pushed.map(({ type }) => type),
      ["net.request", "net.closed"],
    );
    server.onRequest = ({ exchange }) =>
      void server.ask({ op: "respond", exchange, code: 200, headers: {}, body: "ok", end: true });
    assert.equal((await call(server, { path: "/", tls: trust })).body, "ok");
  }, tls));
