import { after } from "node:test";
import { assert, test } from "../../../properties/house/test.ts";
import { type PodStage, type PodStageOptions, podStage } from "../../../properties/stages/modules/pod_stage.ts";
import { failed, ok } from "../../kit/result.ts";

const modules = {
  "hello.ts": `export default { fetch: (request, env) => new Response("hello from " + env.hostname + " " + new URL(request.url).pathname) };`,
  "echo.ts": `export default { async fetch(request) {
    const text = await request.text();
    console.log(request.method, text.length);
    return new Response(text, { status: 201, headers: { "x-length": String(text.length) } });
  } };`,
  "stream.ts": `export default { fetch(request) {
    const wanted = Number(new URL(request.url).searchParams.get("chunks"));
    const encoder = new TextEncoder();
    let count = 0;
    return new Response(new ReadableStream({
      async pull(to) {
        await new Promise((done) => setTimeout(done, 1));
        to.enqueue(encoder.encode("chunk " + count++ + ";"));
        if (count === wanted) to.close();
      },
      cancel() { console.log("cancelled"); },
    }));
  } };`,
  "front.ts": `export default { async fetch(request, env) {
    const path = new URL(request.url).pathname;
    try {
      const response = await env.fetch(env.vars.BACKEND + path, { method: "POST", body: "für 5 €" });
      return new Response(response.status + " " + (await response.text()) + " " + response.headers.get("x-length"));
    } catch (error) {
      return new Response(error.cause.message, { status: 502 });
    }
  } };`,
  "graceful.ts": `let release; export default {
    start() { console.log("up"); },
    async fetch() { await new Promise((done) => { release = done; }); return new Response("last"); },
    async signal(name) { console.log(name); await new Promise((done) => setTimeout(done, 20)); release?.(); await new Promise((done) => setTimeout(done, 20)); return 7; },
  };`,
  "stubborn.ts": `export default { fetch: () => new Response("x"), signal: () => {} };`,
  "job.ts": `export default { async start(env) { console.log("working", env.args.join()); await null; console.error("done"); return Number(env.vars.CODE ?? 0); } };`,
  "throws.ts": `throw new Error("no start today"); export default { fetch() {} };`,
  "start_throws.ts": `export default { async start() { throw new TypeError("bad start"); }, fetch() {} };`,
  "loops.ts": `export default { fetch() { for (;;); } };`,
  "shell.ts": `export default { fetch: () => new Response(""), exec(command) {
    if (command[0] === "wait") return new Promise(() => {});
    return { exitCode: command.length, stdout: command.join("+") + "\\n", stderr: "warned\\n" };
  } };`,
  "crashes.ts": `export default { fetch() { setTimeout(() => { throw new Error("boom"); }, 5); return new Promise(() => {}); } };`,
  "shop/cart.ts": `export default { fetch: () => new Response("cart 1") };`,
  "empty/1.ts": `export const nothing = 1;`,
  "broken/1.ts": `export default {{{`,
  "slow.ts": `export default { async start() { await new Promise((done) => setTimeout(done, 30)); }, fetch: () => new Response("ready") };`,
  "moved.ts": `export default { fetch: () => new Response("", { status: 302, headers: { location: "/there" } }) };`,
};

const stages: PodStage[] = [];
after(() => {
  for (const stage of stages) stage.close();
});

for (const isVirtual of [true, false]) {
  const where = isVirtual ? "in simulation" : "in workers";
  const open = async (more: Partial<PodStageOptions> = {}) => {
    const stage = await podStage({ modules, isVirtual, ...more });
    stages.push(stage);
    return stage;
  };
  const listens = async (stage: PodStage, ip: string, { port = 8080, timeoutMs = 5_000 } = {}) => {
    for (;;) {
      const answer = await stage.probe(`http://${ip}:${port}/`, timeoutMs);
      if (answer.ok || !/refused/.test(answer.message)) return;
      await stage.wait(5);
    }
  };

  test(`module containers ${where} answer HTTP on their port from listening on, refuse before and elsewhere`, async () => {
    const stage = await open();
    const pod = await stage.run("web-0", "hello");
    await listens(stage, pod.ip);
    const got = await stage.fetch(pod, "/a?b=1");
    assert.deepEqual([got.status, got.body, got.failure], [200, "hello from web-0 /a", undefined]);
    assert.equal((await stage.fetch(pod, "/", { port: 80 })).failure, "refused");
    const slow = await stage.run("slow-0", "slow:1", { ports: [80, 81] });
    assert.equal((await stage.fetch(slow, "/", { port: 80 })).failure, "refused");
    await listens(stage, slow.ip, { port: 81 });
    assert.equal((await stage.fetch(slow, "/", { port: 80 })).body, "ready");
    const other = await stage.run("web-1", "hello", { env: { PORT: "3000" } });
    await listens(stage, other.ip, { port: 3000 });
    assert.equal((await stage.fetch(other, "/", { port: 3000 })).body, "hello from web-1 /");
    const { containers = [] } = await stage.ok({ op: "ListContainers" });
    for (const { imageRef, state } of containers) {
      assert.equal(state, "CONTAINER_RUNNING");
      assert.match(imageRef, /^docker\.io\/library\/(hello|slow)@sha256:[0-9a-f]{64}$/);
    }
  });

  test(`module containers ${where} get bodies, and give them back, byte by byte`, async () => {
    const stage = await open();
    const pod = await stage.run("echo-0", "echo");
    await listens(stage, pod.ip);
    const body = "für 5 € \0".repeat(40_000);
    const got = await stage.fetch(pod, "/", { method: "POST", body });
    assert.equal(got.status, 201);
    assert.ok(got.body === body);
    assert.equal(got.headers.find(([name]) => name === "x-length")?.[1], String(body.length));
    await stage.logged(pod, `POST ${body.length}`);
    for (const method of ["TRACE", "CONNECT"]) assert.equal((await stage.fetch(pod, "/", { method })).status, 501);
    assert.deepEqual(
      (await stage.lines(pod)).filter(({ stream }) => stream === "stderr"),
      [],
    );
  });

  test(`module containers ${where} stream as fast as is read, and hear when the client is gone`, async () => {
    const stage = await open();
    const pod = await stage.run("stream-0", "stream");
    await listens(stage, pod.ip);
    const got = await stage.fetch(pod, "/?chunks=40");
    assert.equal(got.body, Array.from({ length: 40 }, (_, index) => `chunk ${index};`).join(""));
    assert.equal(got.headers.find(([name]) => name === "transfer-encoding")?.[1], "chunked");
    let isConnected = false;
    let received = "";
    const connection = stage.network.dial(pod.ip, 8080, {
      connected() {
        isConnected = true;
      },
      data(data) {
        received += data;
      },
      reset() {},
      refused() {},
    });
    await stage.clock.until(() => isConnected);
    connection.write("GET /?chunks=1000000 HTTP/1.1\r\nHost: a\r\n\r\n", false);
    await stage.clock.until(() => received.includes("chunk 20;"));
    connection.reset();
    await stage.logged(pod, "cancelled");
  });

  test(`module containers ${where} answer one request after the other on a connection`, async () => {
    const stage = await open();
    const pod = await stage.run("web-0", "hello");
    await listens(stage, pod.ip);
    let isConnected = false;
    let [received, isEnded] = ["", false];
    const connection = stage.network.dial(pod.ip, 8080, {
      connected() {
        isConnected = true;
      },
      data(data, end) {
        received += data;
        isEnded ||= end;
      },
      reset() {},
      refused() {},
    });
    await stage.clock.until(() => isConnected);
    const get = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
    connection.write(get("/1") + get("/2"), false);
    connection.write(get("/3", "Connection: close\r\n"), false);
    await stage.clock.until(() => isEnded);
    assert.deepEqual(
      received.match(/hello from web-0 \/\d/g),
      ["1", "2", "3"].map((n) => `hello from web-0 /${n}`),
    );
    assert.equal(received.match(/content-length: 19/g)?.length, 3);
  });

  test(`module containers ${where} fetch from each other by name, and hear why not`, async () => {
    const stage = await open();
    const echo = await stage.run("echo-0", "echo");
    const front = await stage.run("front-0", "front", { env: { BACKEND: "http://echo-0:8080" } });
    const lost = await stage.run("front-1", "front", { env: { BACKEND: "http://nobody" } });
    const closed = await stage.run("front-2", "front", { env: { BACKEND: `http://${echo.ip}:81` } });
    for (const { ip } of [echo, front, lost, closed]) await listens(stage, ip);
    assert.equal((await stage.fetch(front, "/x")).body, "201 für 5 € 7");
    const missing = await stage.fetch(lost, "/");
    assert.deepEqual([missing.status, missing.body], [502, "getaddrinfo ENOTFOUND nobody"]);
    assert.equal((await stage.fetch(closed, "/")).body, `connect ECONNREFUSED ${echo.ip}:81`);
  });

  test(`module containers ${where} end in their own time after SIGTERM, and answer meanwhile`, async () => {
    const stage = await open();
    const pod = await stage.run("web-0", "graceful");
    await stage.logged(pod, "up");
    await stage.wait(10);
    const answer = stage.fetch(pod, "/");
    await stage.wait(20);
    const stopped = await stage.ok({ op: "StopContainer", container: pod.container, timeoutMs: 60_000 });
    assert.deepEqual([stopped.container?.exitCode, stopped.container?.reason], [7, "Error"]);
    assert.equal((await answer).body, "last");
    assert.deepEqual(await stage.logs(pod), ["up", "SIGTERM"]);
    assert.equal((await stage.fetch(pod, "/")).failure, "refused");
    const exits = stage.pushes.filter((push) => push.type === "cri.exited");
    assert.equal(exits.length, 1);
  });

  test(`module containers ${where} are killed when the grace period is over, also in an endless loop`, async () => {
    const stage = await open();
    for (const [name, image] of [
      ["a", "stubborn"],
      ["b", "loops"],
    ] as const) {
      const pod = await stage.run(name, image);
      await listens(stage, pod.ip, { timeoutMs: 200 });
      const stopped = await stage.ok({ op: "StopContainer", container: pod.container, timeoutMs: 50 });
      assert.deepEqual([stopped.container?.exitCode, stopped.container?.reason], [137, "Error"]);
    }
  });

  test(`module containers ${where} that are jobs exit with their code`, async () => {
    const stage = await open();
    const good = await stage.run("job-0", "job", { args: ["-v", "all"] });
    assert.deepEqual(await stage.exited(good), { exitCode: 0, reason: "Completed" });
    assert.deepEqual(await stage.logs(good), ["working -v,all", "done"]);
    assert.deepEqual(
      (await stage.lines(good)).map(({ stream, number }) => [stream, number]),
      [
        ["stdout", 1],
        ["stderr", 2],
      ],
    );
    const bad = await stage.run("job-1", "job", { env: { CODE: "3" } });
    assert.deepEqual(await stage.exited(bad), { exitCode: 3, reason: "Error" });
  });

  test(`module containers ${where} that throw while they start exit with 1 and say why`, async () => {
    const stage = await open();
    for (const [image, message] of [
      ["throws", "Error: no start today"],
      ["start-throws", "TypeError: bad start"],
    ] as const) {
      const pod = await stage.run(image, image);
      assert.deepEqual(await stage.exited(pod), { exitCode: 1, reason: "Error" });
      assert.equal((await stage.logs(pod))[0], message);
    }
  });

  test(`module containers ${where} that crash break their connections`, async () => {
    const stage = await open();
    const pod = await stage.run("web-0", "crashes");
    await listens(stage, pod.ip).catch(() => {});
    const got = await stage.fetch(pod, "/");
    assert.ok(got.failure === "reset" || got.failure === "refused", got.failure);
    assert.deepEqual(await stage.exited(pod), { exitCode: 1, reason: "Error" });
    assert.equal((await stage.logs(pod))[0], "Error: boom");
  });

  test(`module containers ${where} run commands by their hook`, async () => {
    const stage = await open();
    const pod = await stage.run("web-0", "shell");
    const exec = (command: string[], timeoutMs = 10_000) =>
      stage.call({ op: "ExecSync", container: pod.container, command, timeoutMs });
    assert.deepEqual(await exec(["ls", "-l"]), ok({ exitCode: 2, stdout: "ls+-l\n", stderr: "warned\n" }));
    const late = await exec(["wait"], 50);
    assert.deepEqual(
      late,
      failed({ code: "DEADLINE_EXCEEDED", message: "command timed out: context deadline exceeded" }),
    );
    const waiting = exec(["wait"], 60_000);
    await stage.wait(10);
    await stage.ok({ op: "StopContainer", container: pod.container, timeoutMs: 10 });
    assert.equal((await waiting).ok, false);
  });

  test(`module containers ${where} are probed by the node in the words of Go`, async () => {
    const stage = await open();
    const moved = await stage.run("web-0", "moved");
    await listens(stage, moved.ip);
    assert.deepEqual(await stage.probe(`http://${moved.ip}:8080/`), {
      ok: true,
      status: 302,
      body: "",
      location: "/there",
    });
    const refused = `http://${moved.ip}:81/ready`;
    const dial = `dial tcp ${moved.ip}:81: connect: connection refused`;
    assert.deepEqual(await stage.probe(refused), { ok: false, message: dial });
    const hung = await stage.run("web-1", "graceful");
    await stage.logged(hung, "up");
    await stage.wait(10);
    const url = `http://${hung.ip}:8080/`;
    const deadline = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
    assert.deepEqual(await stage.probe(url, 50), { ok: false, message: deadline });
  });

  test(`module images ${where} that do not exist or cannot run are not pulled, and others are played`, async () => {
    const stage = await open({ images: { "hello:9": {}, web: { exitAfterMs: 5 } } });
    const refusals = {
      "hello:2": ["NOT_FOUND", /docker\.io\/library\/hello:2: not found$/],
      "shop/nothing": ["NOT_FOUND", /docker\.io\/shop\/nothing:latest: not found$/],
      "shop/cart@sha256:0000000000000000000000000000000000000000000000000000000000000000": ["NOT_FOUND", /not found$/],
      "hello:9": ["NOT_FOUND", /not found$/],
      "Bad:Name:1": ["UNKNOWN", /invalid image name/],
      empty: ["UNKNOWN", /module has no handler/],
      "broken:1": ["UNKNOWN", /module cannot be built: .* \(1\.ts:1\)$/],
      "missing/thing": ["NOT_FOUND", /not found$/],
    } as const;
    for (const [image, [code, message]] of Object.entries(refusals)) {
      const answer = await stage.call({ op: "PullImage", image });
      assert.ok(!answer.ok, image);
      assert.equal(answer.failure.code, code, image);
      assert.match(answer.failure.message, message);
      assert.deepEqual(await stage.ok({ op: "ImageStatus", image }), {});
    }
    const played = await stage.run("web-0", "web:1", { command: ["sh", "-c", "echo 'hi there'; sleep 0; echo >x no"] });
    const { exitCode } = await stage.exited(played);
    assert.equal(exitCode, 0);
    assert.deepEqual(await stage.logs(played), ["hi there"]);
    await stage.run("cart-0", "shop/cart:1");
    const status = await stage.ok({ op: "ImageStatus", image: "shop/cart:1" });
    assert.match(status.image?.imageRef ?? "", /^docker\.io\/shop\/cart@sha256:/);
  });

  test(`module containers ${where} are gone when their computer is, and nothing is told any more`, async () => {
    const stage = await open();
    const pod = await stage.run("web-0", "stream");
    await listens(stage, pod.ip);
    stage.close(true);
    assert.deepEqual(stage.runtime.inspect("computer/node-1"), { sandboxes: [], containers: [] });
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
}
