import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { bytesOfText, textOfBytes } from "./byte_text.ts";
import { type HttpClientRequest, httpClient } from "./http_client.ts";
import { httpServer } from "./http_server.ts";

/** A client that has asked, and what it has heard. */
function bench(request: Partial<HttpClientRequest> = {}) {
  const events: unknown[][] = [];
  const seen = { written: "", body: "" };
  const client = httpClient({
    head: ({ status, headers }) => void events.push(["head", status, headers.length]),
    chunk(data) {
      seen.body += data;
    },
    end: (isReusable) => void events.push(["end", isReusable]),
    failed: (message) => void events.push(["failed", message]),
    write(data) {
      seen.written += data;
    },
    used: () => {},
  });
  client.request({ method: "GET", target: "/", host: "shop:8080", headers: [], ...request });
  return { client, events, seen };
}

test("httpClient() writes requests without, with a whole and with a streaming body", () => {
  assert.equal(bench().seen.written, "GET / HTTP/1.1\r\nhost: shop:8080\r\nconnection: close\r\n\r\n");
  const body = bytesOfText("für 5 €");
  const posted = bench({ method: "POST", target: "/é?a b", headers: [["X-A", "1"]], body, keepsAlive: true });
  assert.equal(
    posted.seen.written,
    `POST /%C3%A9?a%20b HTTP/1.1\r\nhost: shop:8080\r\nX-A: 1\r\ncontent-length: ${body.length}\r\nconnection: keep-alive\r\n\r\n${body}`,
  );
  assert.equal(textOfBytes(body), "für 5 €");
  const { client, seen } = bench({ method: "PUT", body: { stream: true } });
  client.chunk("abc");
  client.end();
  assert.ok(seen.written.endsWith("transfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
});

test("httpClient() reads bodies by length, in chunks and until the connection closes", () => {
  const samples: [text: string, body: string, isReusable: boolean][] = [
    ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc", true],
    ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc", "abc", false],
    ["HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "abc", true],
    ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "", true],
    ["HTTP/1.1 200 OK\r\n\r\nabc", "abc", false],
    ["HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc", false],
  ];
  for (const [text, body, isReusable] of samples) {
    for (const size of [1, 5, 1000]) {
      const { client, events, seen } = bench({ keepsAlive: true });
      for (let at = 0; at < text.length; at += size) client.receive(text.slice(at, at + size));
      client.receiveEnd();
      assert.equal(seen.body, body);
      assert.deepEqual(events.at(-1), ["end", isReusable], text);
      assert.equal(events.length, 2);
    }
  }
});

test("httpClient() expects no body of the answer to HEAD", () => {
  const { client, events } = bench({ method: "HEAD", keepsAlive: true });
  client.receive("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
  assert.deepEqual(events, [
    ["head", 200, 1],
    ["end", true],
  ]);
});

test("httpClient() says why there is no answer", () => {
  const samples: [text: string, pattern: RegExp][] = [
    ["", /^other side closed$/],
    ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na", /^terminated$/],
    ["SSH-2.0-OpenSSH_9.2\r\n", /does not match the HTTP\/1\.1 protocol/],
    ["HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", /does not match/],
    [`HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}\r\n\r\n`, /^Headers Overflow Error$/],
  ];
  for (const [text, pattern] of samples) {
    const { client, events } = bench();
    client.receive(text);
    client.receiveEnd();
    const failures = events.filter(([type]) => type === "failed");
    assert.equal(failures.length, 1);
    assert.match(String(failures[0]?.[1]), pattern);
  }
});

property(
  "httpClient() and httpServer() carry any requests and responses, however the bytes are cut",
  [
    fc.array(
      fc.record({
        method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD"),
        body: fc.string({ unit: "binary" }),
        answer: fc.array(fc.string({ unit: "binary" }), { maxLength: 3 }),
        isFlushed: fc.boolean(),
        status: fc.constantFrom(200, 201, 204, 404, 500),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    fc.integer({ min: 1, max: 40 }),
  ],
  (exchanges, size) => {
    let toServer = "";
    let toClient = "";
    const got = { request: "", response: "", status: 0, isOver: false };
    const server = httpServer({
      request() {
        got.request = "";
      },
      chunk(data) {
        got.request += data;
      },
      end() {
        got.isOver = true;
      },
      write(data) {
        toClient += data;
      },
      broken: () => assert.fail("broken"),
      used: () => {},
    });
    const ends: boolean[] = [];
    const client = httpClient({
      head({ status }) {
        got.status = status;
      },
      chunk(data) {
        got.response += data;
      },
      end: (isReusable) => void ends.push(isReusable),
      failed: (message) => assert.fail(message),
      write(data) {
        toServer += data;
      },
      used: () => {},
    });
    const carry = () => {
      while (toServer !== "" || toClient !== "") {
        const [asked, answered] = [toServer.slice(0, size), toClient.slice(0, size)];
        toServer = toServer.slice(size);
        toClient = toClient.slice(size);
        if (asked !== "") server.receive(asked);
        if (answered !== "") client.receive(answered);
      }
    };
    for (const [index, { method, body, answer, isFlushed, status }] of exchanges.entries()) {
      Object.assign(got, { response: "", isOver: false });
      const hasBody = method === "POST" || method === "PUT";
      const bytes = bytesOfText(body);
      client.request({
        method,
        target: `/${index}`,
        host: "a",
        headers: [],
        keepsAlive: true,
        ...(hasBody ? { body: bytes } : {}),
      });
      carry();
      assert.ok(got.isOver);
      assert.equal(got.request, hasBody ? bytes : "");
      server.head({ status, headers: [] });
      for (const chunk of answer) {
        server.chunk(bytesOfText(chunk));
        if (isFlushed) server.flush();
      }
      server.end();
      carry();
      assert.equal(got.status, status);
      assert.equal(textOfBytes(got.response), method === "HEAD" || status === 204 ? "" : answer.join(""));
      assert.equal(ends.length, index + 1);
      assert.ok(ends[index]);
    }
  },
);

property(
  "httpClient() never throws, whatever the bytes",
  [
    fc.array(
      fc.oneof(
        fc.string({ unit: "binary-ascii" }),
        fc.constantFrom(
          "HTTP/1.1 200 OK\r\n",
          "\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Content-Length: 2\r\n",
          "HTTP/1.1 101 X\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n",
        ),
      ),
    ),
  ],
  (pieces) => {
    const { client, events } = bench();
    for (const piece of pieces) client.receive(piece);
    client.receiveEnd();
    assert.equal(events.filter(([type]) => type === "end" || type === "failed").length, 1);
  },
);

test("httpClient() asks for an upgrade as it is told, and tells what follows a 101 as it is, whatever pieces it comes in", () => {
  const headers = [
    ["Connection", "Upgrade"],
    ["Upgrade", "x"],
    ["Transfer-Encoding", "chunked"],
  ] as const;
  const asked = "GET / HTTP/1.1\r\nhost: shop:8080\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
  const after = "\0HTTP/1.1 200 OK\r\n\r\n\xff";
  for (const size of [1, 3, 1_000]) {
    const { client, events, seen } = bench({ headers, upgrades: true });
    assert.equal(seen.written, asked);
    client.chunk("early");
    const text = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n${after}`;
    for (let at = 0; at < text.length; at += size) client.receive(text.slice(at, at + size));
    client.chunk("raw");
    client.receiveEnd();
    assert.deepEqual(
      [events, seen.body, seen.written],
      [
        [
          ["head", 101, 1],
          ["end", false],
        ],
        after,
        `${asked}raw`,
      ],
    );
  }
  const other = bench({ headers, upgrades: true });
  other.client.receive("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
  other.client.chunk("raw");
  assert.deepEqual(
    [other.events, other.seen.written],
    [
      [
        ["head", 403, 1],
        ["end", false],
      ],
      asked,
    ],
  );
});
