import { assert, test } from "../../../properties/house/test.ts";
import { createStep } from "../../../runtime/core/step.ts";
import type { Step } from "../../../runtime/mod.ts";
import { createAsks } from "../../kit/asks.ts";
import { createLine, type Saying, type StreamLine, say } from "../../network/stream_line.ts";
import type { StreamMessage } from "../../network/streams.ts";
import { helloText, readHello } from "../../network/tls/hello.ts";
import { parseUrl, targetOf } from "../http/target.ts";
import type { TextHead } from "../streams/client_side.ts";
import { createKubeletStreams, takeStreamMessage } from "../streams/kubelet_streams.ts";
import { proxyPathOf, readProxied } from "./proxied_request.ts";
import { proxyNameOf } from "./proxy_name.ts";
import { passedHeaders, proxyThrough } from "./proxy_stream.ts";
import { rewritten } from "./rewritten.ts";

const kubelet = "kubelet/n1";
const purpose = { kind: "portforward", port: 8080, namespace: "default", pod: "web", uid: "u", container: "" } as const;
const prefix = "/api/v1/namespaces/default/pods/web:8080/proxy";

/** A request through a proxy whose kubelet the test plays. */
function stage(body?: string, more: { readonly isTls?: boolean } = {}) {
  const control = createStep({ self: "apiserver/0", parent: "", incarnation: 0, randomKey: 1 });
  const { step } = control;
  const asks = createAsks<Step>();
  const streams = createKubeletStreams(asks, () => false);
  const said: string[] = [];
  const told: unknown[] = [];
  let [ask, line]: [number, StreamLine | undefined] = [0, undefined];
  const within = (run: () => void) => {
    control.next(0, 0);
    run();
    for (const effect of control.takeEffects()) {
      if (effect.kind === "ask") {
        ask = effect.id;
        line = createLine((effect.body as StreamMessage).stream, 0);
      }
      const sent = effect.kind === "send" ? (effect.body as StreamMessage) : undefined;
      if (sent?.type === "stream.data") said.push(sent.data);
    }
  };
  const client = {
    upgrade: "",
    protocols: [],
    parameters: () => [],
    accept: () => assert.fail("no WebSocket is asked for"),
    whenGone: () => () => {},
    openText(_step: Step, _closed: unknown, head: TextHead = {}) {
      told.push([head.code, head.contentType, head.headers]);
      return {
        write: (text: string, later: Step, taken: (step: Step) => void) => {
          told.push(text);
          taken(later);
        },
        end: () => void told.push("end"),
        abort: () => void told.push("abort"),
      };
    },
  };
  const request = { method: "POST", target: "/a?b=%20", headers: [["accept", "x/y"]] as const, body };
  const target = { kubelet, purpose, host: "10.244.0.2:8080", prefix, ...more };
  const failed = (why: unknown) => void told.push(["failed", why]);
  within(() => proxyThrough(streams, { client, target, request, failed }, step));
  return {
    said: () => said.join(""),
    told,
    open: () => streams.byId.size,
    answer: (answer: object) => within(() => void asks.replied({ ask, body: answer }, step)),
    say: (message: Saying) =>
      within(() => {
        const body = say(line ?? createLine(-1, 0), message, 0);
        takeStreamMessage(streams, { type: body.type, body, from: kubelet, ask: 0 } as never, step);
      }),
  };
}

const data = (text: string): Saying => ({ type: "stream.data", channel: "data", data: text });

test("a proxy asks as the client did, and hands on the answer as it comes, its own links led through the proxy", () => {
  const { said, told, answer, say: hear, open } = stage("body");
  answer({ ok: true });
  assert.match(said(), /^POST \/a\?b=%20 HTTP\/1\.1\r\nhost: 10\.244\.0\.2:8080\r\n/);
  assert.match(said(), /\r\naccept: x\/y\r\n.*content-length: 4\r\n.*\r\n\r\nbody$/s);
  hear(
    data(
      "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Type: text/x\r\nSet-Cookie: a=1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ),
  );
  hear(data("3\r\none\r\n"));
  hear(data("3\r\ntwo\r\n0\r\n\r\n"));
  assert.deepEqual(told, [[302, "text/x", { Location: `${prefix}/next`, "Set-Cookie": "a=1" }], "one", "two", "end"]);
  assert.equal(open(), 0);
});

test("what breaks before an answer is told, and what breaks within one breaks it", () => {
  const refused = stage();
  refused.answer({ ok: false, code: 500, reason: "InternalError", message: "no such pod" });
  assert.deepEqual(refused.told, [
    ["failed", { ok: false, code: 500, reason: "InternalError", message: "no such pod" }],
  ]);
  const early = stage();
  early.answer({ ok: true });
  early.say({ type: "stream.close", error: "connection refused" });
  assert.deepEqual(early.told, [["failed", "connection refused"]]);
  const garbage = stage();
  garbage.answer({ ok: true });
  garbage.say(data("SSH-2.0\r\n\r\n"));
  assert.equal((garbage.told[0] as unknown[])[0], "failed");
  const half = stage();
  half.answer({ ok: true });
  half.say(data("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  half.say({ type: "stream.close", error: "connection reset by peer" });
  assert.deepEqual(half.told.slice(1), ["half", "abort"]);
});

test("a server that is asked by TLS is greeted first, and trusted whatever it shows", () => {
  const { said, told, answer, say: hear } = stage("body", { isTls: true });
  answer({ ok: true });
  const hello = said();
  assert.equal(readHello(hello).kind, "hello");
  const shown = helloText({ certificates: "nobody's" });
  hear(data(shown.slice(0, 20)));
  assert.equal(said(), hello);
  hear(data(shown.slice(20)));
  assert.match(said().slice(hello.length), /^POST \/a\?b=%20 HTTP\/1\.1\r\n/);
  hear(data("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntls"));
  assert.deepEqual(told.slice(1), ["tls", "end"]);
  for (const [first, why] of [
    ["HTTP/1.0 400 Bad Request\r\n\r\n", "http: server gave HTTP response to HTTPS client"],
    ["SSH-2.0", "tls: first record does not look like a TLS handshake"],
    [helloText({ alert: "handshake_failure" }), "remote error: tls: handshake failure"],
  ] as const) {
    const plain = stage("body", { isTls: true });
    plain.answer({ ok: true });
    plain.say(data(first));
    assert.deepEqual(plain.told, [["failed", why]]);
  }
});

test("the links of a page lead through the proxy, wherever its pieces end, and all else stays as it is", () => {
  const page = `<p>a < b</p><a class='x' href="/next">n</a><img src='/i.png'><a href=/bare>b</a><a href="rel">r</a>
<a href="//else/x">e</a><a title="/t" href="http://10.244.0.2:8080/own">o</a><a href='/"q'>q</a><div href="/no">d</div><form action="${prefix}/f">`;
  const shown = page
    .replace('"/next"', `"${prefix}/next"`)
    .replace("'/i.png'", `"${prefix}/i.png"`)
    .replace(`'/"q'`, `"${prefix}/&#34;q"`)
    .replace("/bare", `"${prefix}/bare"`)
    .replace("http://10.244.0.2:8080/own", `${prefix}/own`);
  for (const pieceChars of [1, 7, page.length]) {
    const { told, answer, say: hear } = stage();
    answer({ ok: true });
    hear(data(`HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${page.length}\r\n\r\n`));
    for (let at = 0; at < page.length; at += pieceChars) hear(data(page.slice(at, at + pieceChars)));
    assert.deepEqual([told.slice(1, -1).join(""), told.at(-1)], [shown, "end"]);
  }
  const plain = stage();
  plain.answer({ ok: true });
  plain.say(data(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${page.length}\r\n\r\n${page}`));
  assert.equal(plain.told[1], page);
});

test("an answer without a length is whole when its connection ends", () => {
  const { told, answer, say: hear } = stage();
  answer({ ok: true });
  hear(data("HTTP/1.0 200 OK\r\n\r\nall"));
  hear({ type: "stream.end" });
  hear({ type: "stream.close", exitCode: 0 });
  assert.deepEqual(told.slice(1), ["all", "end"]);
});

test("each cookie of an answer stays one, and a header may have any name", () => {
  const headers = [
    ["Set-Cookie", "a=1"],
    ["constructor", "x"],
    ["Set-Cookie", "b=2; Path=/"],
    ["Vary", "a"],
    ["Vary", "b"],
  ] as const;
  assert.deepEqual(passedHeaders({ headers }, { host: "h", prefix: "/p" }), {
    "Set-Cookie": ["a=1", "b=2; Path=/"],
    constructor: "x",
    Vary: "a, b",
  });
});

test("proxyNameOf() reads names with ports and schemes, and nothing else", () => {
  assert.deepEqual(proxyNameOf("web"), { scheme: "", name: "web", port: "" });
  assert.deepEqual(proxyNameOf("web:80"), { scheme: "", name: "web", port: "80" });
  assert.deepEqual(proxyNameOf("https:web:"), { scheme: "https", name: "web", port: "" });
  assert.deepEqual(proxyNameOf("http:web:http-alt"), { scheme: "http", name: "web", port: "http-alt" });
  for (const wrong of ["", ":80", "ftp:web:80", "web:0", "web:65536", "web:a_b", "web:---", "a:b:c:d"]) {
    assert.equal(proxyNameOf(wrong), undefined, wrong);
  }
});

test("a path behind a proxy is somebody else's, as it came", () => {
  const target = (url: string) => targetOf("POST", parseUrl(url) ?? assert.fail());
  const pods = { kind: "resource", verb: "create", group: "", version: "v1", resource: "pods", namespace: "a" };
  for (const rest of ["", "/", "/x/y/z?watch=1"]) {
    assert.deepEqual(target(`/api/v1/namespaces/a/pods/b:80/proxy${rest}`), {
      ...pods,
      name: "b:80",
      subresource: "proxy",
    });
  }
  const options = (url: string) =>
    targetOf("OPTIONS", parseUrl(url) ?? assert.fail()) as unknown as Record<string, string>;
  assert.deepEqual(options("/api/v1/namespaces/a/pods/b/proxy/x").verb, "options");
  assert.equal(options("/api/v1/namespaces/a/pods/b").kind, "badMethod");
  const { resource, name, subresource } = target("/api/v1/nodes/n/proxy/pods/a/b/c") as unknown as Record<
    string,
    string
  >;
  assert.deepEqual([resource, name, subresource], ["nodes", "n", "proxy"]);
  assert.deepEqual(proxyPathOf("/api/v1/namespaces/a/pods/b/proxy//x%2Fa%20%3F?y=%20", 7), {
    prefix: "/api/v1/namespaces/a/pods/b/proxy",
    rest: "//x/a%20%3F?y=%20",
  });
  assert.deepEqual(proxyPathOf("/api%2Fv1/nodes//n/proxy/x%3F?y", 5), {
    prefix: "/api/v1/nodes//n/proxy",
    rest: "/x%3F?y",
  });
  assert.deepEqual(proxyPathOf("/api/v1/nodes/n/proxy?x", 5), { prefix: "/api/v1/nodes/n/proxy", rest: "?x" });
});

test("what is for this server alone is not passed on, and a body keeps its bytes", () => {
  const control = createStep({ self: "a", parent: "", incarnation: 0, randomKey: 1 });
  const headers = {
    authorization: "Bearer x",
    connection: "close",
    accept: "a/b",
    host: "h",
    "x-y": "z",
    "impersonate-user": "u",
  };
  const path = { prefix, rest: "/p?q" };
  const bodies: unknown[] = [];
  for (const body of [{ body: "grün" }, { body: "/wA=", bodyEncoding: "base64" as const }, {}]) {
    const raw = {
      ...{ method: "PUT", url: `${prefix}/p?q`, headers },
      readBody: (step: Step, done: (read: never, later: Step) => void) =>
        done({ ok: true, value: body } as never, step),
    };
    readProxied(raw, { path, done: (read) => bodies.push(read) }, control.step);
  }
  const passed = {
    method: "PUT",
    target: "/p?q",
    headers: [
      ["accept", "a/b"],
      ["x-y", "z"],
      ["x-forwarded-uri", `${prefix}/p`],
    ],
  };
  assert.deepEqual(bodies, [
    { ok: true, value: { ...passed, body: "gr\xc3\xbcn" } },
    { ok: true, value: { ...passed, body: "\xff\0" } },
    { ok: true, value: { ...passed, body: undefined } },
  ]);
});

test("rewritten() leads the other side's own links through the proxy, and leaves others alone", () => {
  const at = { host: "10.0.0.1:80", prefix: "/p" };
  for (const [link, shown] of [
    ["/a", "/p/a"],
    ["http://10.0.0.1:80/a?b", "/p/a?b"],
    ["http://10.0.0.1:80", "/p/"],
    ["https://example.com/a", "https://example.com/a"],
    ["a/b", "a/b"],
    ["/p/a", "/p/a"],
  ] as const) {
    assert.equal(rewritten(link, at), shown, link);
  }
});
