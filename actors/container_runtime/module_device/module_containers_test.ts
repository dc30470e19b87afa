import { after } from "node:test";
import { assert, test } from "../../../properties/test.ts";
import { type PodStage, type PodStageOptions, podStage } from "./testing/pod_stage.ts";

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
  const listens = async (stage: PodStage, ip: string, port = 8080) => {
    for (;;) {
      const answer = await stage.probe(`http://${ip}:${port}/`, 5_000);
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
    await listens(stage, slow.ip, 81);
    assert.equal((await stage.fetch(slow, "/", { port: 80 })).body, "ready");
    const other = await stage.run("web-1", "hello", { env: { PORT: "3000" } });
    await listens(stage, other.ip, 3000);
    assert.equal((await stage.fetch(other, "/", { port: 3000 })).body, "hello from web-1 /");
    const { containers = [] } = await stage.ok({ op: "ListContainers" });
    for (const { isProbed, imageRef, state } of containers) {
      assert.equal(isProbed, true);
      assert.equal(state, "CONTAINER_RUNNING");
      assert.match(imageRef, /^docker\.io\/library\/(hello|slow)@sha256:[0-9a-f]{64}$/);
    }
  });
}
