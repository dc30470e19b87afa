import { assert, fc, property, test } from "../../../properties/house/test.ts";
import type { HttpHeader, HttpRequestHead } from "./http_message.ts";
import { httpServer } from "./http_server.ts";

interface Seen extends HttpRequestHead {
  body: string;
  isOver: boolean;
}

/** A server that answers when the test says so. */
function bench() {
  const requests: Seen[] = [];
  const seen = { written: "", isClosed: false, isBroken: false, used: 0, gone: [] as string[] };
  const server = httpServer({
    request: (head) => void requests.push({ ...head, body: "", isOver: false }),
    chunk(data) {
      const last = requests.at(-1);
      if (last) last.body += data;
    },
    end() {
      const last = requests.at(-1);
      if (last) last.isOver = true;
    },
    gone: () => void seen.gone.push(requests.at(-1)?.url ?? ""),
    write(data, end) {
      assert.ok(!seen.isClosed, "nothing is written after the end");
      seen.written += data;
      seen.isClosed = end;
    },
    broken() {
      seen.isBroken = true;
    },
    used(bytes) {
      seen.used += bytes;
    },
  });
  const respond = (status: number, body: string, headers: readonly HttpHeader[] = []) => {
    server.head({ status, headers });
    if (body !== "") server.chunk(body);
    server.end();
  };
  return { server, requests, seen, respond };
}

const get = (path = "/", more = "") => `GET ${path} HTTP/1.1\r\nHost: shop:8080\r\n${more}\r\n`;

test("httpServer() tells of a request with its whole URL, and writes a response that is there at once in one piece", () => {
  const { server, requests, seen, respond } = bench();
  server.receive(get("/cart?id=1", "Accept: */*\r\n"));
  assert.deepEqual(requests, [
    {
      method: "GET",
      url: "http://shop:8080/cart?id=1",
      headers: [
        ["Host", "shop:8080"],
        ["Accept", "*/*"],
      ],
      hasBody: false,
      body: "",
      isOver: true,
    },
  ]);
  respond(200, "hello", [["content-type", "text/plain"]]);
  assert.equal(
    seen.written,
    "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\nconnection: keep-alive\r\n\r\nhello",
  );
  assert.equal(seen.isClosed, false);
  assert.equal(seen.used, get("/cart?id=1", "Accept: */*\r\n").length);
});

test("httpServer() answers what was sent ahead one after the other", () => {
  const { server, requests, seen, respond } = bench();
  server.receive(get("/1") + get("/2") + get("/3", "Connection: close\r\n"));
  assert.deepEqual(
    requests.map(({ url }) => url),
    ["http://shop:8080/1"],
  );
  respond(200, "1");
  respond(404, "");
  assert.equal(requests.length, 3);
  assert.equal(seen.isClosed, false);
  respond(200, "3");
  assert.ok(seen.isClosed);
  assert.deepEqual(seen.written.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 404", "HTTP/1.1 200"]);
});

test("httpServer() sends a response in chunks when it was flushed before its end", () => {
  const { server, seen } = bench();
  server.receive(get());
  server.head({ status: 200, headers: [] });
  server.flush();
  assert.match(seen.written, /transfer-encoding: chunked\r\nconnection: keep-alive\r\n\r\n$/);
  server.chunk("ab");
  server.chunk("c");
  server.flush();
  server.flush();
  server.chunk("0123456789abcdef");
  server.end();
  assert.ok(seen.written.endsWith("\r\n\r\n3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"), seen.written);
});

test("httpServer() sends no body to HEAD, nor with 204 and 304", () => {
  for (const [method, status] of [
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ] as const) {
    const { server, seen, respond } = bench();
    server.receive(get().replace("GET", method));
    respond(status, "body");
    assert.ok(seen.written.endsWith("\r\n\r\n"), seen.written);
    assert.doesNotMatch(seen.written, /chunked/);
  }
});

test("httpServer() reads bodies with a length and in chunks, however they are cut", () => {
  const body = "\xc3\xa4\xe2\x82\xac\0\r\n\r\n0\r\n\r\n";
  const sized = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const chunks = `3\r\n${body.slice(0, 3)}\r\n${(body.length - 3).toString(16)};x=y\r\n${body.slice(3)}\r\n0\r\nTrailer: x\r\n\r\n`;
  const chunked = `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;
  for (const text of [sized, chunked]) {
    for (const size of [1, 2, 7, 1000]) {
      const { server, requests, seen, respond } = bench();
      for (let at = 0; at < text.length; at += size) server.receive(text.slice(at, at + size));
      assert.equal(requests[0]?.body, body);
      assert.ok(requests[0]?.isOver);
      assert.equal(seen.used, text.length - body.length);
      respond(200, "");
      server.receive(get());
      assert.equal(requests.length, 2);
    }
  }
});

test("httpServer() lets a client that asks go on with its body", () => {
  const { server, seen } = bench();
  server.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  assert.equal(seen.written, "HTTP/1.1 100 Continue\r\n\r\n");
});

test("httpServer() closes after a response to HTTP/1.0, unless it asks for more", () => {
  const plain = bench();
  plain.server.receive("GET / HTTP/1.0\r\n\r\n");
  assert.equal(plain.requests[0]?.url, "http://localhost/");
  plain.server.head({ status: 200, headers: [] });
  plain.server.flush();
  plain.server.chunk("abc");
  plain.server.end();
  assert.ok(plain.seen.written.endsWith("connection: close\r\n\r\nabc"));
  assert.ok(plain.seen.isClosed);
  const kept = bench();
  kept.server.receive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  kept.respond(200, "abc");
  assert.match(kept.seen.written, /connection: keep-alive\r\n\r\nabc$/);
  assert.equal(kept.seen.isClosed, false);
});

test("httpServer() refuses what is no HTTP, or can be understood in two ways, with 400 and closes", () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\n";
  const samples = [
    "hello\r\n\r\n",
    "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    "GET http://[/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nbad name: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nfolded: x\r\n y\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nx: \0\r\n\r\n",
    `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    `${head}Content-Length: -1\r\n\r\n`,
    `${head}Content-Length: 1e9\r\n\r\n`,
    `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`,
    `${head}Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n`,
  ];
  for (const text of samples) {
    const { server, seen } = bench();
    server.receive(text);
    assert.match(seen.written, /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*connection: close\r\n\r\n/, JSON.stringify(text));
    assert.ok(seen.isClosed);
    server.receive(get());
    server.receiveEnd();
    assert.equal(seen.written.match(/HTTP\/1\.1/g)?.length, 1);
  }
  const long = bench();
  long.server.receive(get("/", `x: ${"y".repeat(70_000)}\r\n`));
  assert.match(long.seen.written, /^HTTP\/1\.1 431 /);
  const next = bench();
  next.server.receive("GET / HTTP/2.0\r\nHost: a\r\n\r\n");
  assert.match(next.seen.written, /^HTTP\/1\.1 505 /);
});

test("httpServer() refuses methods that no module can be asked with 501, without asking", () => {
  for (const line of ["TRACE / HTTP/1.1", "CONNECT shop:80 HTTP/1.1", "CONNECT / HTTP/1.0", "TRACE * HTTP/1.1"]) {
    for (const more of ["", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n"]) {
      const { server, requests, seen } = bench();
      server.receive(`${line}\r\nHost: shop:80\r\n${more}\r\n`);
      assert.match(seen.written, /^HTTP\/1\.1 501 Not Implemented\r\n[\s\S]*connection: close\r\n\r\n/, line + more);
      assert.ok(seen.isClosed);
      server.receive("abc");
      server.receiveEnd();
      assert.deepEqual([requests, seen.written.match(/HTTP\/1\.1/g)?.length, seen.isBroken], [[], 1, false]);
    }
  }
});

test("httpServer() breaks a connection on which it promised more, or less, than is there", () => {
  for (const body of ["ab", "abcd"]) {
    const { server, seen } = bench();
    server.receive(get());
    server.head({ status: 200, headers: [["content-length", "3"]] });
    server.chunk(body);
    server.flush();
    server.end();
    assert.ok(seen.isBroken);
  }
});

test("httpServer() answers what was asked before the client stopped writing, then closes", () => {
  const { server, requests, seen, respond } = bench();
  server.receive(get("/1") + get("/2"));
  server.receiveEnd();
  respond(200, "1");
  assert.equal(seen.isClosed, false);
  respond(200, "2");
  assert.equal(requests.length, 2);
  assert.ok(seen.isClosed);
  const half = bench();
  half.server.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
  half.server.receiveEnd();
  assert.ok(half.seen.isBroken);
  const idle = bench();
  idle.server.receiveEnd();
  assert.ok(idle.seen.isClosed);
  assert.equal(idle.seen.written, "");
});

test("httpServer() tells once of each request whose client writes no more before it is answered", () => {
  const { server, requests, seen, respond } = bench();
  server.receive(get("/1") + get("/2") + get("/3"));
  respond(200, "1");
  assert.deepEqual(seen.gone, []);
  server.receiveEnd();
  server.flush();
  assert.deepEqual(seen.gone, ["http://shop:8080/2"]);
  respond(200, "2");
  respond(200, "3");
  assert.deepEqual(seen.gone, ["http://shop:8080/2", "http://shop:8080/3"]);
  assert.equal(requests.length, 3);
  assert.equal(seen.written.match(/200 OK/g)?.length, 3);
  assert.ok(seen.isClosed);
  const kept = bench();
  kept.server.receive(get());
  kept.respond(200, "");
  kept.server.receiveEnd();
  const half = bench();
  half.server.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
  half.server.receiveEnd();
  assert.deepEqual([...kept.seen.gone, ...half.seen.gone], []);
});

property(
  "httpServer() never throws, whatever the bytes and however they are cut",
  [
    fc.array(
      fc.oneof(
        fc.string({ unit: "binary-ascii", maxLength: 12 }),
        fc.constantFrom(
          "GET / HTTP/1.1\r\n",
          "Host: a\r\n",
          "\r\n",
          "Content-Length: 5\r\n",
          "\xff\xfe",
          "5\r\nabcde\r\n",
        ),
        fc.constantFrom(
          "Transfer-Encoding: chunked\r\n",
          "POST http://x/ HTTP/1.0\r\n",
          "0\r\n\r\n",
          "Connection: upgrade\r\nUpgrade: h2c\r\n",
        ),
      ),
      { maxLength: 30 },
    ),
    fc.boolean(),
  ],
  (pieces, answers) => {
    const { server, requests, respond, seen } = bench();
    for (const piece of pieces) {
      server.receive(piece);
      if (answers && requests.length > 0 && !seen.isClosed && !seen.isBroken) respond(200, "x");
    }
    server.receiveEnd();
    server.flush();
  },
);
