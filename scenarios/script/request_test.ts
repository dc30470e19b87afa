import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Frozen, Service } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { dialTcp } from "../../runtime/devices/tcp_client.ts";
import { createCluster } from "../cluster/create_cluster.ts";
import { ConnectionFailed } from "./connection_failed.ts";
import { createScript } from "./create_script.ts";
import { NotHeldError } from "./patience.ts";
import { createRequests } from "./request.ts";

/** A server of Node's, and requests to it; the Service `shop/web` has its port as a node port. */
async function stage(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { request } = createRequests({
    dial: (to) => dialTcp("127.0.0.1", to.port),
    uptimeMs: () => performance.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    getService: async (name, namespace) =>
      ({
        metadata: { name, namespace },
        spec: { ports: [{ port: 9_000 }, { name: "http", port: 80, nodePort: port }] },
      }) as unknown as Frozen<Service>,
  });
  return {
    request,
    port,
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("request() sends methods, headers and bodies, and reads what comes back in any framing", async () => {
  await using on = await stage((asked, answer) => {
    let body = "";
    asked.setEncoding("utf8").on("data", (piece) => {
      body += piece;
    });
    asked.on("end", () => {
      answer.setHeader(
        "x-asked",
        `${asked.method} ${asked.url} ${asked.headers["content-type"] ?? "-"} ${asked.headers.token ?? "-"}`,
      );
      answer.statusCode = 201;
      answer.write(body);
      answer.end("\u{1F3AD}");
    });
  });
  const plain = await on.request(`${on.url}/a%20b?x=1`);
  assert.deepEqual([plain.status, plain.headers.get("X-Asked"), plain.text()], [201, "GET /a%20b?x=1 - -", "🎭"]);
  const posted = await on.request(
    { service: "web", port: "http", path: "/p" },
    { body: { price: "€" }, headers: { Token: "t" } },
  );
  assert.deepEqual([posted.headers.get("x-asked"), posted.text()], ["POST /p application/json t", '{"price":"€"}🎭']);
  const put = await on.request({ service: "web", port: 80 }, { method: "PUT", body: "é".repeat(100_000) });
  assert.equal(put.text(), `${"é".repeat(100_000)}🎭`);
});

test("request() says what it tried when no answer comes: refused, broken off, none in time, no HTTP", async () => {
  await using on = await stage((asked, answer) => {
    if (asked.url === "/break") asked.socket.destroy();
    if (asked.url === "/half")
      answer.writeHead(200, { "content-length": 10 }).write("half", () => asked.socket.destroy());
    if (asked.url === "/noise") asked.socket.end("noise\r\n\r\n");
  });
  const attempts: [string, RegExp][] = [
    ["/break", /^Cannot GET http:\/\/127\.0\.0\.1:\d+\/break: ECONNRESET: /],
    ["/half", /\/half: ECONNRESET: terminated$/],
    ["/noise", /\/noise: EPROTO: /],
    ["/never", /\/never: ETIMEDOUT: no answer within 0\.1 s$/],
  ];
  for (const [path, message] of attempts) {
    const timeout = path === "/never" ? "100ms" : "10s";
    await assert.rejects(on.request(`${on.url}${path}`, { timeout }), (error) => {
      assert.ok(error instanceof ConnectionFailed);
      assert.match(error.message, message);
      return true;
    });
  }
  await on[Symbol.asyncDispose]();
  await assert.rejects(on.request(on.url), /ECONNREFUSED: nobody listens there/);
});

test("request() refuses places that are not the cluster's", async () => {
  await using on = await stage((_asked, answer) => void answer.end());
  const refusals: [Parameters<typeof on.request>[0], RegExp][] = [
    ["http://example.com/", /^Error: Cannot request http:\/\/example\.com\/: a cluster is reached from outside/],
    ["https://127.0.0.1:1/", /use http:\/\/127\.0\.0\.1:PORT/],
    [{ service: "web" }, /^Error: Cannot request service\/web: it has no node port, give it the type NodePort/],
    [{ service: "web", port: "dns" }, /its port dns has no node port/],
  ];
  for (const [target, message] of refusals)
    await assert.rejects(on.request(target), (error) => message.test(String(error)));
});

test("a request that gets no answer breaks always(), and eventually() tries it again", async () => {
  await using cluster = await createCluster({ topology: { nodes: 0, stores: 1, apiservers: 1 } });
  const { request, eventually, always } = createScript(cluster).script;
  const ask = () => request("http://127.0.0.1:30080/");
  await assert.rejects(always("it answers", ask), /it answers: did not hold after 0\.0 s: .*ECONNREFUSED/);
  let tries = 0;
  const once = () => {
    tries++;
    return ask();
  };
  const tried = eventually("it answers", once, { within: "1s" });
  await assert.rejects(tried, (error) => error instanceof NotHeldError && error.cause instanceof ConnectionFailed);
  assert.ok(tries > 3, `it was tried ${tries} times`);
});
