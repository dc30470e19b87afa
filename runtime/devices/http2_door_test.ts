import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from "node:http2";
import { connect as connectTls, TLSSocket } from "node:tls";
import { queryObjects } from "node:v8";
import { gunzipSync } from "node:zlib";
import { assert, test } from "../../properties/house/test.ts";
import { certificates } from "../../properties/stages/devices/certificates.ts";
import { bodyOf, call, type Server, withServer } from "../../properties/stages/devices/https_server.ts";
import { cancelFrame, flags, frame, get, preface } from "../../properties/stages/hostile/http2_frame.ts";

const { authority, serving, jane } = certificates;
const tls = { key: serving.key, cert: serving.cert, clientCa: authority };
const plain = { "Content-Type": "text/plain" };

/** Connects as somebody, or as a stranger. */
async function withClient(
  server: Server,
  who: { readonly key: string; readonly cert: string } | undefined,
  body: (client: ClientHttp2Session) => Promise<void>,
) {
  const client = connect(`https://127.0.0.1:${server.port}`, {
    ca: authority,
    checkServerIdentity: () => undefined,
    ...who,
  });
  client.on("error", () => {});
  try {
    await body(client);
  } finally {
    client.destroy();
  }
}

interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** With which code the stream ended. */
  readonly end: number;
}

function ask(client: ClientHttp2Session, headers: OutgoingHttpHeaders, sent: string | undefined = ""): Promise<Answer> {
  return new Promise((resolve) => {
    const stream = client.request(headers, { endStream: sent === "" });
    let [code, got]: [number, Readonly<Record<string, unknown>>] = [0, {}];
    const chunks: Buffer[] = [];
    stream.on("response", (response) => {
      [code, got] = [Number(response[":status"]), response as Readonly<Record<string, unknown>>];
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", () => {});
    const done = () => resolve({ code, headers: got, body: Buffer.concat(chunks), end: stream.rstCode ?? 0 });
    // Node's own client never closes a stream that it was told to send no more on.
    stream.on("end", () => setImmediate(done));
    stream.on("close", done);
    if (sent) stream.end(sent);
  });
}

const respond = (server: Server, exchange: number, body: string, more: object = {}) =>
  server.ask({ op: "respond", exchange, code: 200, headers: plain, body, end: true, ...more });

test("many requests of one connection over HTTP/2 are answered in any order, with who asks, and bodies", () =>
  withServer(async (server) => {
    const held: number[] = [];
    server.onRequest = async (request) => {
      const { exchange, url, method, peer, headers } = request;
      if (url === "/slow") return void held.push(exchange);
      const shown = Object.keys(headers).filter((name) => name.startsWith(":"));
      await respond(
        server,
        exchange,
        `${method} ${url} ${peer?.commonName} ${shown.length} ${await bodyOf(server, request)}`,
      );
      if (url === "/last") for (const each of held.splice(0)) await respond(server, each, "at last");
    };
    await withClient(server, jane, async (client) => {
      const slow = ask(client, { ":path": "/slow" });
      const put = await ask(client, { ":path": "/a?b=%20", ":method": "PUT" }, "grün");
      assert.deepEqual([put.code, put.body.toString()], [200, "PUT /a?b=%20 jane 0 grün"]);
      assert.equal(put.headers["content-length"], String(put.body.length));
      assert.equal((await ask(client, { ":path": "/last" })).code, 200);
      assert.equal((await slow).body.toString(), "at last");
      const head = await ask(client, { ":path": "/h", ":method": "HEAD" });
      assert.deepEqual([head.code, head.body.length, head.end], [200, 0, 0]);
    });
    await withClient(server, undefined, async (client) => {
      assert.equal((await ask(client, { ":path": "/" })).body.toString(), "GET / undefined 0 ");
    });
    // Who does not speak it has HTTP/1.1, as ever.
    const old = await call(server, { path: "/old", tls: { ca: authority, checkServerIdentity: () => undefined } });
    assert.equal(old.body, "GET /old undefined 0 ");
  }, tls));

test("a body that nobody wants ends with its answer, a broken answer with an error, and neither ends the connection", () =>
  withServer(async (server) => {
    server.onRequest = async ({ exchange, url }) => {
      if (url !== "/broken") return void (await respond(server, exchange, "no"));
      await server.ask({ op: "respond", exchange, code: 200, headers: plain, body: "half", end: false });
      await server.ask({ op: "abort", exchange });
    };
    await withClient(server, jane, async (client) => {
      const refused = await ask(client, { ":path": "/", ":method": "POST" }, "x".repeat(4_000_000));
      assert.deepEqual([refused.code, refused.body.toString(), refused.end], [200, "no", constants.NGHTTP2_NO_ERROR]);
      const broken = await ask(client, { ":path": "/broken" });
      assert.deepEqual([broken.code, broken.end], [200, constants.NGHTTP2_INTERNAL_ERROR]);
      assert.equal((await ask(client, { ":path": "/" })).body.toString(), "no");
    });
  }, tls));

test("who gives up a stream, or reads it slowly, is told of as over HTTP/1.1", () =>
  withServer(async (server) => {
    const size = 2_000_000;
    server.onRequest = async ({ exchange }) => {
      await server.ask({ op: "respond", exchange, code: 200, headers: plain, body: "", end: false });
      const answer = await server.ask({ op: "write", exchange, chunk: "x".repeat(size) });
      assert.ok(answer.ok && (answer.bufferedBytes ?? 0) > size / 2);
    };
    await withClient(server, jane, async (client) => {
      const stream = client.request({ ":path": "/" });
      stream.on("error", () => {});
      await new Promise((resolve) => stream.once("response", resolve));
      const told = (type: string) => server.pushed.some((message) => message.type === type);
      assert.equal(told("net.drained"), false);
      let bytes = 0;
      stream.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      await until(() => bytes === size && told("net.drained"));
      stream.close(constants.NGHTTP2_CANCEL);
      await until(() => told("net.closed"));
    });
  }, tls));

test("nobody is told that a client is gone who has its answer", () =>
  withServer(async (server) => {
    server.onRequest = ({ exchange }) => respond(server, exchange, "x".repeat(100_000));
    const closed = () => server.pushed.filter(({ type }) => type === "net.closed").length;
    for (const who of [jane, undefined]) {
      await withClient(server, who, async (client) => {
        for (let count = 0; count < 3; count++) await ask(client, { ":path": "/" });
        await new Promise((resolve) => setTimeout(resolve, 10));
        assert.equal(closed(), 0);
      });
    }
    server.onRequest = () => {};
    await withClient(server, jane, async (client) => {
      client.request({ ":path": "/" }).on("error", () => {});
      await until(() => server.pushed.length === 7);
    });
    await until(() => closed() === 1);
  }, tls));

test("who gives up hundreds of requests in a moment loses the connection", () =>
  withServer(async (server) => {
    await withClient(server, undefined, async (client) => {
      const closed = new Promise((resolve) => client.once("close", resolve));
      const requests = () => server.pushed.filter(({ type }) => type === "net.request").length;
      for (let round = 0; round < 40 && !client.destroyed; round++) {
        const before = requests();
        const streams = Array.from({ length: 20 }, () => client.request({ ":path": "/" }));
        for (const stream of streams) stream.on("error", () => {});
        await until(() => client.destroyed || requests() >= before + 20);
        for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
      }
      await closed;
      assert.ok(requests() >= 500 && requests() <= 560, String(requests()));
    });
  }, tls));

test("who gives up in the same breath what it begins loses the connection at once, and nobody is asked", () =>
  withServer(async (server) => {
    const socket = connectTls({
      port: server.port,
      ca: authority,
      ALPNProtocols: ["h2"],
      checkServerIdentity: () => undefined,
    });
    const closed = new Promise((resolve) => socket.on("error", () => {}).once("close", resolve));
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    const begin = (id: number) => frame("headers", { flag: flags.endHeaders | flags.endStream, id, body: get });
    const all = Array.from({ length: 1_000 }, (_none, index) => [begin(2 * index + 1), cancelFrame(2 * index + 1)]);
    socket.resume().write(Buffer.concat([preface, ...all.flat()]));
    await closed;
    assert.equal(server.pushed.filter(({ type }) => type === "net.request").length, 0);
  }, tls));

test("strangers' requests over HTTP/2 are begun one each time around the loop", () =>
  withServer(async (server) => {
    await withClient(server, undefined, async (client) => {
      await new Promise((resolve) => client.once("connect", resolve));
      for (let index = 0; index < 80; index++) client.request({ ":path": "/" }).on("error", () => {});
      let [most, before] = [0, 0];
      for (let turn = 0; turn < 20_000 && before < 80; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        const asked = server.pushed.filter(({ type }) => type === "net.request").length;
        most = Math.max(most, asked - before);
        before = asked;
      }
      assert.deepEqual([before, most], [80, 1]);
    });
  }, tls));

for (const [name, credentials] of [
  ["a stranger", {}],
  ["a client with a certificate", jane],
] as const) {
  test(`the frames in one packet of ${name} are dealt with in many turns of the loop, so that others have theirs`, () =>
    withServer(async (server) => {
      const socket = connectTls({
        port: server.port,
        ca: authority,
        ALPNProtocols: ["h2"],
        checkServerIdentity: () => undefined,
        ...credentials,
      });
      await new Promise((resolve) => socket.once("secureConnect", resolve));
      const pings = 5_000;
      const ping = frame("ping", { body: Buffer.alloc(8) });
      socket.write(Buffer.concat([preface, ...Array(pings).fill(ping)]));
      let [bytes, turns] = [0, 0];
      socket.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      // Each is answered by one that is as long.
      for (; bytes < pings * ping.length && turns < 100_000; turns++)
        await new Promise((resolve) => setImmediate(resolve));
      assert.ok(bytes >= pings * ping.length, String(bytes));
      assert.ok(turns >= pings / 64, String(turns));
      socket.destroy();
    }, tls));
}

test("nothing is kept of strangers' connections that are over", () =>
  withServer(async (server) => {
    server.onRequest = ({ exchange }) => respond(server, exchange, "yes");
    const come = () =>
      withClient(server, undefined, async (client) => {
        assert.equal((await ask(client, { ":path": "/" })).code, 200);
      });
    await come();
    for (let count = 0; count < 5; count++) await come();
    // Both ends of each are in this process; counting collects what nobody has.
    let left = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < 100 && left > 2; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      left = Number(queryObjects(TLSSocket));
    }
    assert.ok(left <= 2, `${left} are left`);
  }, tls));

async function until(predicate: () => boolean) {
  for (let turn = 0; turn < 500 && !predicate(); turn++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(predicate(), String(predicate));
}

test("a body that does not come is given up in time, though nobody reads it", async () => {
  let nowMs = 0;
  const later: (() => void)[] = [];
  const time = { uptimeMs: () => nowMs, after: (_delayMs: number, run: () => void) => void later.push(run) };
  await withServer(
    async (server) => {
      await withClient(server, jane, async (client) => {
        const stream = client.request({ ":path": "/", ":method": "POST" });
        stream.on("error", () => {});
        stream.write("begun");
        await until(() => server.pushed.length > 0);
        const closed = new Promise((resolve) => stream.once("close", () => resolve(stream.rstCode)));
        nowMs = 66_000;
        for (const run of later.splice(0)) run();
        assert.equal(await closed, constants.NGHTTP2_CANCEL);
        await until(() => server.pushed.some(({ type }) => type === "net.closed"));
      });
    },
    tls,
    time,
  );
});

test("long answers go out compressed to who takes them so, whole and in pieces, over both protocols", () =>
  withServer(async (server) => {
    const long = "grün ".repeat(60_000);
    server.onRequest = async ({ exchange, url }) => {
      const mayCompress = url !== "/never";
      if (url !== "/pieces")
        return void (await respond(server, exchange, url === "/short" ? "short" : long, { mayCompress }));
      await server.ask({ op: "respond", exchange, code: 200, headers: plain, body: "", end: false, mayCompress });
      for (let at = 0; at < long.length; at += 50_000) {
        await server.ask({ op: "write", exchange, chunk: long.slice(at, at + 50_000) });
      }
      await server.ask({ op: "end", exchange });
    };
    await withClient(server, jane, async (client) => {
      const get = (path: string, encodings = "br, gzip") =>
        ask(client, { ":path": path, "accept-encoding": encodings });
      for (const path of ["/long", "/pieces"]) {
        const { headers, body } = await get(path);
        assert.deepEqual([headers["content-encoding"], headers.vary], ["gzip", "Accept-Encoding"], path);
        assert.ok(body.length < 10_000);
        assert.equal(gunzipSync(body).toString(), long, path);
      }
      for (const [path, encodings] of [
        ["/short", "gzip"],
        ["/never", "gzip"],
        ["/long", "br"],
      ] as const) {
        const { headers, body } = await get(path, encodings);
        assert.equal(headers["content-encoding"], undefined, path);
        assert.equal(body.toString(), path === "/short" ? "short" : long, path);
      }
    });
    const old = await call(server, {
      path: "/long",
      headers: { "accept-encoding": "gzip" },
      tls: { ca: authority, checkServerIdentity: () => undefined },
    });
    assert.equal(old.headers["content-encoding"], "gzip");
  }, tls));
