import { assert, fc, property } from "../../../properties/house/test.ts";
import { podStage } from "../../../properties/stages/modules/pod_stage.ts";

const modules = {
  "web.ts": `export default { async fetch(request) { return new Response(request.body ? await request.text() : "web"); } };`,
  "asks.ts": `export default { async fetch() {
    try { return new Response(await (await fetch("http://10.0.0.9/")).text()); } catch (error) { return new Response(error.cause?.message ?? error.message); }
  } };`,
};
const pieces = fc.array(
  fc.oneof(
    fc.string({ unit: "binary-ascii", maxLength: 20 }),
    fc.constantFrom("GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\n", "Host: a\r\n", "Content-Length: 3\r\n", "\r\n", "abc"),
    fc.constantFrom(
      "Transfer-Encoding: chunked\r\n",
      "3\r\nabc\r\n",
      "0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n",
      "Expect: 100-continue\r\n",
    ),
    fc.constantFrom("end", "reset", "taken"),
  ),
  { maxLength: 15 },
);

property(
  "sockets of a module take any bytes in any order, and others are served meanwhile",
  [pieces, pieces],
  async (toServer, toClient) => {
    await using stage = await podStage({ modules, isVirtual: true });
    const web = await stage.run("web-0", "web");
    const asks = await stage.run("asks-0", "asks");
    await stage.wait(5);
    const answered = stage.fetch(asks, "/");
    await stage.clock.until(() => stage.pushes.some(({ type }) => type === "socket.connect"));
    const push = stage.pushes.find(({ type }) => type === "socket.connect");
    const asking = push?.type === "socket.connect" ? push.socket : 0;
    const from = { ip: "10.0.0.1", port: 1 };
    await stage.ask({ op: "SocketAccept", socket: 5_000, sandbox: web.sandbox, port: 8080, from });
    await stage.ask({ op: "SocketConnected", socket: asking, to: { ip: "10.0.0.9", port: 80 } });
    for (const [socket, bytes] of [
      [5_000, toServer],
      [asking, toClient],
    ] as const) {
      for (const data of bytes) {
        if (data === "reset") await stage.ask({ op: "SocketReset", socket });
        else if (data === "taken") await stage.ask({ op: "SocketTaken", socket, bytes: 10 });
        else await stage.ask({ op: "SocketData", socket, data: data === "end" ? "" : data, end: data === "end" });
      }
    }
    await stage.ask({ op: "SocketReset", socket: asking });
    assert.equal((await answered).status, 200);
    const got = await stage.fetch(web, "/", { method: "POST", body: "still here" });
    assert.equal(got.body, "still here");
    for (const { state } of stage.runtime.inspect("computer/node-1").containers)
      assert.equal(state, "CONTAINER_RUNNING");
  },
  { runs: 60 },
);
