import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { assert, test } from "../../properties/house/test.ts";
import { certificates } from "../../properties/stages/devices/certificates.ts";
import { httpsClient } from "./https_client.ts";
import { httpsClientModel } from "./https_client_model.ts";
import { httpsFailures, httpsNeeds } from "./https_client_rules.ts";
import type { HttpsAnswer, HttpsHead, HttpsPiece, HttpsRequest, HttpsStreamRequest } from "./messages.ts";

const context = {
  after(delayMs: number, body: () => void) {
    const timer = setTimeout(body, delayMs);
    if (delayMs > 1_000) timer.unref();
  },
};

function opened(definition: typeof httpsClient) {
  const device = definition.open(context as never);
  const ask = (request: HttpsRequest) =>
    new Promise<HttpsAnswer>((resolve) =>
      device.request(request, (answer) => resolve(answer as HttpsAnswer), undefined),
    );
  return { ask, close: () => device.close(false) };
}

test("httpsClient asks by name or by place, trusts only whom it is told to, and waits no longer than it may", async () => {
  const { authority: ca, serving } = certificates;
  const sockets = new Set<object>();
  const server = createServer(serving, (request, response) => {
    sockets.add(request.socket);
    if (request.url === "/silence") return;
    if (request.url === "/break") return void request.socket.destroy();
    if (request.url === "/long") return void response.end("x".repeat(200_000));
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () =>
      response.writeHead(201).end(`${request.method} ${request.url} ${request.headers.host} ${body}`),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { ask, close } = opened(httpsClient);
  const to = (path: string, more: Partial<HttpsRequest> = {}): HttpsRequest => ({
    ...{ method: "POST", url: `https://localhost:${port}${path}`, headers: {}, body: "é", ca, timeoutMs: 5_000 },
    bytesMax: 100_000,
    ...more,
  });
  const code = async (request: HttpsRequest) => {
    const answer = await ask(request);
    return answer.ok ? answer.code : answer.code;
  };
  try {
    assert.deepEqual(await ask(to("/a?b=c")), { ok: true, code: 201, body: `POST /a?b=c localhost:${port} é` });
    const odd = await ask(to("/a/../b\\..\\%2e%2E/c#d?e"));
    assert.deepEqual(odd, { ok: true, code: 201, body: `POST /a/../b\\..\\%2e%2E/c%23d?e localhost:${port} é` });
    assert.equal(await code(to("/d")), 201);
    assert.equal(sockets.size, 1, "a connection is used again");
    const named = { url: "https://localhost:1/a", connectTo: { host: "127.0.0.1", port } };
    assert.deepEqual(await ask(to("", named)), { ok: true, code: 201, body: "POST /a localhost:1 é" });
    assert.equal(await code(to("", { ...named, url: "https://other.example.com/" })), "ERR_TLS_CERT_ALTNAME_INVALID");
    const { ca: _own, ...untrusting } = to("/a");
    assert.match(String(await code(untrusting)), /^(?:UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/);
    assert.equal(await code(to("/silence", { timeoutMs: 50 })), "ETIMEDOUT");
    assert.equal(await code(to("/break")), "ECONNRESET");
    assert.equal(await code(to("/long")), "EMSGSIZE");
    assert.equal(await code(to("/a", { ca: "no certificate" })), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  } finally {
    close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  assert.equal(await code(to("/a")), "ECONNREFUSED");
});

test("a played https client answers after a while, in time or not, and nobody listens where nothing is played", async () => {
  const answer = { ok: true, code: 200, body: "12345" } as const;
  const request = {
    method: "GET",
    url: "https://a.example.com:8443/",
    headers: {},
    timeoutMs: 20,
    bytesMax: 5,
  } as const;
  const played = opened(httpsClientModel(({ url }) => ({ answer, afterMs: url.endsWith("/") ? 1 : 20 })));
  assert.deepEqual(await played.ask(request), answer);
  assert.deepEqual((await played.ask({ ...request, url: `${request.url}late` })).ok, false);
  assert.deepEqual((await played.ask({ ...request, bytesMax: 4 })).ok, false);
  assert.deepEqual(await opened(httpsClientModel()).ask(request), {
    ok: false,
    code: "ECONNREFUSED",
    message: "nobody listens there",
  });
  assert.deepEqual(httpsNeeds(request), { name: "net", scope: "a.example.com:8443" });
});

test("httpsClient hands an answer on piece by piece, to who asks for the next, and shows a certificate", async () => {
  const { authority: ca, serving } = certificates;
  const server = createServer({ ...serving, ca, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    response.writeHead(206, { "X-Who": subject?.CN ?? "nobody", "X-Asked": `${request.method} ${request.url}` });
    response.write("\xff one ", "latin1");
    if (request.url === "/break") setTimeout(() => response.destroy(), 5);
    else request.on("data", (chunk) => response.end(`two ${chunk.toString("latin1")}`, "latin1"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const device = httpsClient.open(context as never);
  const ask = <Answer>(request: HttpsStreamRequest) =>
    new Promise<Answer>((resolve) => device.request(request, (answer) => resolve(answer as Answer), undefined));
  const open = {
    op: "open",
    method: "PATCH",
    headers: {},
    body: "\xfe",
    isUnverified: true,
    timeoutMs: 5_000,
  } as const;
  const rest = async (stream: number) => {
    let text = "";
    while (true) {
      const piece = await ask<HttpsPiece>({ op: "read", stream });
      if (!piece.ok) return `${text}!${piece.code}`;
      text += piece.data;
      if (piece.isLast) return text;
    }
  };
  try {
    const head = await ask<HttpsHead>({ ...open, url: `https://localhost:${port}/a`, client: serving });
    assert.ok(head.ok);
    const headers = Object.fromEntries(head.headers);
    assert.deepEqual([head.code, headers["X-Asked"]], [206, "PATCH /a"]);
    assert.notEqual(headers["X-Who"], "nobody");
    assert.equal(await rest(head.stream), "\xff one two \xfe");
    const broken = await ask<HttpsHead>({ ...open, url: `https://localhost:${port}/break` });
    assert.ok(broken.ok);
    assert.equal(await rest(broken.stream), "\xff one !ECONNRESET");
    assert.deepEqual(await ask({ op: "read", stream: broken.stream }), httpsFailures.closed);
  } finally {
    device.close(false);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test("httpsClient goes on with another protocol where it was asked to, and gives up no byte of it", async () => {
  const { authority: ca, serving } = certificates;
  const heard: string[] = [];
  const ended: string[] = [];
  const server = createServer(serving);
  server.on("upgrade", (request, socket) => {
    socket.on("error", () => {});
    if (request.url === "/no") return void socket.end("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
    socket.write("HTTP/1.1 101 Sure\r\nConnection: Upgrade\r\nUpgrade: x/1\r\n\r\n\xffearly", "latin1");
    socket.on("data", (data: Buffer) => {
      heard.push(data.toString("latin1"));
      socket.write(`<${heard.at(-1)}>`, "latin1");
    });
    socket.on("end", () => ended.push(request.url ?? ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const device = httpsClient.open(context as never);
  const ask = <Answer>(request: HttpsStreamRequest) =>
    new Promise<Answer>((resolve) => device.request(request, (answer) => resolve(answer as Answer), undefined));
  const open = (path: string) => {
    const headers = { connection: "Upgrade", upgrade: "x/1" };
    const url = `https://localhost:${port}${path}`;
    return ask<HttpsHead>({ op: "open", method: "GET", url, headers, ca, timeoutMs: 5_000, upgrades: true });
  };
  const read = async (stream: number, until: string) => {
    let text = "";
    while (!text.endsWith(until)) {
      const piece = await ask<HttpsPiece>({ op: "read", stream });
      if (!piece.ok || piece.isLast) return `${text}|${piece.ok}`;
      text += piece.data;
    }
    return text;
  };
  try {
    const head = await open("/a");
    assert.ok(head.ok);
    const { stream } = head;
    assert.deepEqual([head.code, head.headers[1]], [101, ["Upgrade", "x/1"]]);
    assert.equal(await read(stream, "early"), "\xffearly");
    assert.deepEqual(await ask({ op: "write", stream, data: "\0\xfe" }), { ok: true, data: "", isLast: false });
    assert.equal(await read(stream, ">"), "<\0\xfe>");
    await ask({ op: "write", stream, data: "last" });
    await ask({ op: "close", stream });
    while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    assert.deepEqual([heard.join(""), ended], ["\0\xfelast", ["/a"]]);
    assert.deepEqual(await ask({ op: "write", stream, data: "x" }), httpsFailures.closed);
    const refused = await open("/no");
    assert.ok(refused.ok && refused.code === 403);
    assert.deepEqual(await ask({ op: "write", stream: refused.stream, data: "x" }), httpsFailures.closed);
    assert.equal(await read(refused.stream, "never"), "no|true");
  } finally {
    device.close(false);
    server.closeAllConnections();
    server.close();
  }
});
