import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { assert, test } from "../../properties/house/test.ts";
import { certificates } from "../../properties/stages/devices/certificates.ts";
import { bodyOf, call, limits, withServer } from "../../properties/stages/devices/https_server.ts";
import type { NetAnswer } from "./messages.ts";

const plain = { "Content-Type": "text/plain" };

test("https pushes requests, reads their bodies and answers them with their length", () =>
  withServer(async (server) => {
    server.onRequest = async (request) => {
      const { exchange, method, url } = request;
      const body = `${method} ${url} ${await bodyOf(server, request)} é`;
      await server.ask({ op: "respond", exchange, code: 201, headers: plain, body, end: true });
    };
    const reply = await call(server, { method: "POST", path: "/api/v1/x?y=%20z", body: "héllo" });
    assert.deepEqual([reply.code, reply.body], [201, "POST /api/v1/x?y=%20z héllo é"]);
    assert.equal(reply.headers["content-length"], String(Buffer.byteLength(reply.body)));
    assert.equal((await call(server, { method: "GET", path: "/" })).body, "GET /  é");
  }));

test("https hands over a body that is no text in base64, and text as it is", () =>
  withServer(async (server) => {
    let read: NetAnswer | undefined;
    server.onRequest = async ({ exchange }) => {
      read = await server.ask({ op: "read", exchange, ...limits });
      await server.ask({ op: "respond", exchange, code: 200, headers: plain, body: "", end: true });
    };
    const bytes = Uint8Array.from([0x6b, 0, 0xff, 0xc3, 0x28]);
    const sent = async (type: string, body: string | Uint8Array) => {
      await call(server, { method: "POST", path: "/", body, headers: { "Content-Type": type } });
      return read;
    };
    assert.deepEqual(await sent("application/octet-stream", bytes), {
      ok: true,
      body: "awD/wyg=",
      bodyEncoding: "base64",
    });
    for (const type of ["application/json; charset=utf-8", "application/merge-patch+json", "text/yaml", "*/*"]) {
      assert.deepEqual(await sent(type, "é"), { ok: true, body: "é" }, type);
    }
  }));

test("https streams a response piece by piece", () =>
  withServer(async (server) => {
    server.onRequest = async ({ exchange }) => {
      await server.ask({ op: "respond", exchange, code: 200, headers: plain, body: "one ", end: false });
      await server.ask({ op: "write", exchange, chunk: "two " });
      await server.ask({ op: "write", exchange, chunk: "three" });
      await server.ask({ op: "end", exchange });
    };
    const reply = await call(server, { path: "/" });
    assert.deepEqual([reply.body, reply.headers["transfer-encoding"]], ["one two three", "chunked"]);
  }));

test("https writes a header of several values once for each, and breaks off a head that cannot be written", () =>
  withServer(async (server) => {
    let answered: NetAnswer | undefined;
    server.onRequest = async ({ exchange, url }) => {
      const headers = url === "/" ? { ...plain, "Set-Cookie": ["a=1", "b=2"] } : { "X-Odd": "\u0001" };
      answered = await server.ask({ op: "respond", exchange, code: 200, headers, body: "", end: true });
    };
    assert.deepEqual((await call(server, { path: "/" })).headers["set-cookie"], ["a=1", "b=2"]);
    await assert.rejects(call(server, { path: "/odd" }), { code: "ECONNRESET" });
    assert.equal(answered?.ok === false && answered.code, "ERR_INVALID_CHAR");
  }));

test("https breaks a response that its actor gives up", () =>
  withServer(async (server) => {
    server.onRequest = async ({ exchange }) => {
      await server.ask({ op: "respond", exchange, code: 200, headers: plain, body: "half", end: false });
      await server.ask({ op: "abort", exchange });
    };
    await assert.rejects(call(server, { path: "/" }), /aborted|ECONNRESET|socket hang up/);
    assert.ok(!server.pushed.some(({ type }) => type === "net.closed"));
  }));

test("https tells how much waits for a slow client, and when that was taken", () =>
  withServer(async (server) => {
    const opened = new Promise<number>((resolve) => {
      server.onRequest = ({ exchange }) => resolve(exchange);
    });
    const socket = connect(server.port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const exchange = await opened;
    await server.ask({ op: "respond", exchange, code: 200, headers: plain, body: "", end: false });
    let buffered = 0;
    for (let i = 0; i < 200 && buffered === 0; i++) {
      const answer = await server.ask({ op: "write", exchange, chunk: "x".repeat(1024 * 1024) });
      buffered = answer.ok ? (answer.bufferedBytes ?? 0) : 0;
    }
    assert.ok(buffered > 0, "nothing was buffered for a client that reads nothing");
    socket.resume();
    await until(() => server.pushed.some(({ type }) => type === "net.drained"));
    socket.destroy();
    await until(() => server.pushed.some(({ type }) => type === "net.closed"));
    assert.equal((await server.ask({ op: "write", exchange, chunk: "x" })).ok, false);
  }));

test("https takes the head of a request that runs a long command, and none without an end", () =>
  withServer(async (server) => {
    server.onRequest = async ({ exchange, url }) => {
      await server.ask({ op: "respond", exchange, code: 200, headers: plain, body: String(url.length), end: true });
    };
    const path = (bytes: number) => `/${"a".repeat(bytes - 1)}`;
    assert.equal((await call(server, { method: "GET", path: path(200_000) })).body, "200000");
    assert.equal((await call(server, { method: "GET", path: path(300_000) })).code, 431);
  }));

test("https answers a port that is taken as a value", () =>
  withServer(async (server) => {
    const answer = await server.ask({ op: "listen", host: "127.0.0.1", port: server.port });
    assert.deepEqual([answer.ok, (answer as { code: string }).code], [false, "EADDRINUSE"]);
  }));

test("https answers a key that is none as a value", () =>
  withServer(async (server) => {
    const tls = { key: "no key", cert: "no certificate", clientCa: "" };
    assert.equal((await server.ask({ op: "listen", host: "127.0.0.1", port: 0, tls })).ok, false);
  }));

test("https names a client only when its certificate is signed by the authority, and says when it is not", async () => {
  const { authority, serving, jane, impostor } = certificates;
  await withServer(
    async (server) => {
      server.onRequest = ({ exchange, peer, isPeerRefused }) =>
        void server.ask({
          op: "respond",
          exchange,
          code: 200,
          headers: plain,
          body: JSON.stringify(isPeerRefused ? "refused" : (peer ?? null)),
          end: true,
        });
      const peerWith = async (client?: { readonly key: string; readonly cert: string }) => {
        const tls = {
          ca: authority,
          servername: "localhost",
          ...(client ? { key: client.key, cert: client.cert } : {}),
        };
        return JSON.parse(
          (await call(server, { path: "/", tls: { ...tls, checkServerIdentity: () => undefined } })).body,
        );
      };
      assert.deepEqual(await peerWith(jane), { commonName: "jane", organizations: ["developers", "readers"] });
      assert.equal(await peerWith(impostor), "refused");
      assert.equal(await peerWith(), null);
    },
    { key: serving.key, cert: serving.cert, clientCa: authority },
  );
});

async function until(predicate: () => boolean) {
  while (!predicate()) await new Promise((resolve) => setTimeout(resolve, 2));
}

for (const end of [true, false]) {
  test(`https gives a client a minute to take an answer that ${end ? "is whole" : "was ended"}, however little it takes`, () => {
    let laterMs = 0;
    const time = {
      uptimeMs: () => performance.now() + laterMs,
      after: (delayMs: number, run: () => void) => void setTimeout(run, Math.min(delayMs, 5)),
    };
    return withServer(
      async (server) => {
        server.onRequest = async ({ exchange }) => {
          const body = "x".repeat(30_000_000);
          await server.ask({ op: "respond", exchange, code: 200, headers: plain, body, end });
          if (!end) await server.ask({ op: "end", exchange });
        };
        const socket = connect(server.port, "127.0.0.1").on("error", () => {});
        socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await new Promise((resolve) => socket.once("readable", resolve));
        socket.read(1_000);
        laterMs = 59_000;
        await new Promise((resolve) => setTimeout(resolve, 50));
        assert.deepEqual(
          server.pushed.map(({ type }) => type),
          ["net.request"],
        );
        laterMs = 61_000;
        while (server.pushed.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        assert.equal(server.pushed[1]?.type, "net.closed");
        socket.destroy();
      },
      undefined,
      time,
    );
  });
}

test("https ends with its actor the connections of those whose handshake is not over: whoever asked would never be answered", () => {
  const { authority, serving } = certificates;
  return withServer(
    async (server) => {
      const socket = connect({ host: "127.0.0.1", port: server.port });
      await new Promise((resolve) => socket.once("connect", resolve));
      // What asks on a connection of its own is answered when the one before it has arrived.
      server.onRequest = ({ exchange }) =>
        server.ask({ op: "respond", exchange, code: 200, headers: plain, body: "yes", end: true });
      const tls = { ca: authority, checkServerIdentity: () => undefined };
      assert.equal((await call(server, { path: "/", tls })).body, "yes");
      server.close();
      const shaking = connectTls({ socket, ...tls });
      const closed = new Promise((resolve) => shaking.on("error", () => {}).once("close", resolve));
      shaking.once("secureConnect", () => assert.fail("it was let in"));
      await closed;
    },
    { key: serving.key, cert: serving.cert, clientCa: authority },
  );
});
