import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { assert, test } from "../../../properties/house/test.ts";
import { bundledProgram } from "../../../properties/stages/bundled_program.ts";
import { podStage } from "../../../properties/stages/modules/pod_stage.ts";
import { socketWindowBytes } from "../../network/endpoint.ts";
import { findImage } from "./image_catalogue.ts";
import { chunksUnderWayMax } from "./module_runner.ts";
import { prepareModules } from "./prepare_modules.ts";

const modules = {
  "web.ts": `export default { fetch: () => new Response("web") };`,
  "eats.ts": `export default { async start() { const kept = []; for (;;) { kept.push(new Array(100_000).fill(kept.length)); await new Promise((done) => setTimeout(done)); } } };`,
  "keeps.ts": `export default { start() { const kept = []; for (;;) kept.push(new Uint8Array(1_000_000).fill(1)); } };`,
  "drops.ts": `export default { start() { let last; for (let i = 0; i < 300; i++) last = new Uint8Array(1_000_000).fill(1); console.log(last instanceof Uint8Array, new Uint8Array(last.buffer, 0, 3).length); return 0; } };`,
  "flood.ts": `export default { fetch() {
    let sent = 0;
    const block = new Uint8Array(10_000);
    return new Response(new ReadableStream({ pull(to) { sent += block.length; console.log(sent); to.enqueue(block); } }));
  } };`,
  "takes.ts": `export default { async fetch(request) { await new Promise(() => {}); } };`,
  "ends.ts": `let answer; export default {
    fetch: () => new Promise((done) => { answer = done; }),
    async signal() { answer(new Response("the last word")); for (let i = 0; i < 50; i++) await null; return 0; },
  };`,
};

test("a device that is closed leaves no worker behind", async () => {
  const script = await bundledProgram(new URL("../../../properties/stages/modules/run_and_close.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 120_000 });
  assert.equal(stdout, "CONTAINER_RUNNING,CONTAINER_EXITED,CONTAINER_RUNNING");
});

test("a worker that needs more memory than its limit is OOMKilled, and others go on", async () => {
  await using stage = await podStage({ modules, isVirtual: false });
  const web = await stage.run("web-0", "web");
  const eats = await stage.run("eats-0", "eats", { memoryLimitBytes: 16 * 1024 * 1024 });
  assert.deepEqual(await stage.exited(eats), { exitCode: 137, reason: "OOMKilled" });
  assert.equal(stage.runtime.inspect("computer/node-1").containers[0]?.state, "CONTAINER_RUNNING");
  await stage.ok({ op: "StopPodSandbox", sandbox: web.sandbox });
});

test("buffers count for the memory limit of a worker, and those that it holds no more do not", async () => {
  await using stage = await podStage({ modules, isVirtual: false });
  const memoryLimitBytes = 16 * 1024 * 1024;
  const keeps = await stage.run("keeps-0", "keeps", { memoryLimitBytes });
  assert.deepEqual(await stage.exited(keeps), { exitCode: 137, reason: "OOMKilled" });
  const drops = await stage.run("drops-0", "drops", { memoryLimitBytes });
  assert.equal((await stage.exited(drops)).exitCode, 0);
  assert.deepEqual(await stage.logs(drops), ["true 3"]);
});

test("two containers of a pod cannot listen on one port", async () => {
  await using stage = await podStage({ modules, isVirtual: true });
  const { sandbox } = await stage.run("web-0", "web");
  const config = { name: "b", image: "web", attempt: 0, command: [], args: [], env: {} };
  const { container } = await stage.ok({ op: "CreateContainer", sandbox, container: config });
  const second = { sandbox, container: container?.container ?? "", ip: "" };
  await stage.ok({ op: "StartContainer", container: second.container });
  assert.deepEqual(await stage.exited(second), { exitCode: 1, reason: "Error" });
  assert.deepEqual(await stage.logs(second), ["Error: listen EADDRINUSE: address already in use :::8080"]);
});

test("a pod of the node's network listens on the node", async () => {
  await using stage = await podStage({ modules, isVirtual: true });
  await stage.ok({ op: "PullImage", image: "web" });
  const pod = { name: "host", namespace: "default", uid: "host", attempt: 0, hostNetwork: true };
  const { sandbox } = await stage.ok({ op: "RunPodSandbox", pod });
  const config = { name: "a", image: "web", attempt: 0, command: [], args: [], env: {}, ports: [80] };
  const created = await stage.ok({ op: "CreateContainer", sandbox: sandbox?.sandbox ?? "", container: config });
  await stage.ok({ op: "StartContainer", container: created.container?.container ?? "" });
  await stage.wait(5);
  const from = { ip: "10.0.0.1", port: 1 };
  assert.deepEqual(await stage.ask({ op: "SocketAccept", socket: 7, port: 80, from }), { ok: true, value: {} });
  const refused = { ok: false, failure: { code: "UNAVAILABLE", message: "connection refused" } };
  assert.deepEqual(await stage.ask({ op: "SocketAccept", socket: 8, port: 81, from }), refused);
});

test("a response that nobody takes stops at the window, and a body that nobody reads as well", async () => {
  for (const isVirtual of [true, false]) {
    await using stage = await podStage({ modules, isVirtual });
    const pod = await stage.run("flood-0", "flood");
    const from = { ip: "10.0.0.1", port: 1 };
    const accept = (socket: number, sandbox: string) =>
      stage.ask({ op: "SocketAccept", socket, sandbox, port: 8080, from }) as Promise<{ readonly ok: boolean }>;
    while (!(await accept(1_000, pod.sandbox)).ok) await stage.wait(5);
    await stage.ask({ op: "SocketData", socket: 1_000, data: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", end: false });
    const written = () =>
      stage.pushes.reduce((sum, push) => sum + (push.type === "socket.data" ? push.data.length : 0), 0);
    await stage.clock.until(() => written() === socketWindowBytes);
    await stage.wait(100);
    assert.equal(written(), socketWindowBytes);
    // What is in the window, and the chunks that may be under way.
    assert.ok((await stage.lines(pod)).length <= Math.ceil(socketWindowBytes / 10_000) + 2 * chunksUnderWayMax);
    await stage.ask({ op: "SocketTaken", socket: 1_000, bytes: 100_000 });
    await stage.clock.until(() => written() === socketWindowBytes + 100_000);

    const takes = await stage.run("takes-0", "takes");
    while (!(await accept(1_001, takes.sandbox)).ok) await stage.wait(5);
    const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n";
    await stage.ask({ op: "SocketData", socket: 1_001, data: head, end: false });
    const taken = () => stage.pushes.filter((push) => push.type === "socket.taken" && push.socket === 1_001).length;
    for (let sent = 0; sent < socketWindowBytes; sent += 4_096) {
      await stage.ask({ op: "SocketData", socket: 1_001, data: "x".repeat(4_096), end: false });
    }
    await stage.wait(50);
    assert.equal(taken(), 0);
  }
});

test("an answer that is given in the moment of the exit still arrives", async () => {
  for (const isVirtual of [true, false]) {
    await using stage = await podStage({ modules, isVirtual });
    const pod = await stage.run("ends-0", "ends");
    const from = { ip: "10.0.0.1", port: 1 };
    const accept = () => stage.ask({ op: "SocketAccept", socket: 1_000, sandbox: pod.sandbox, port: 8080, from });
    while (!((await accept()) as { readonly ok: boolean }).ok) await stage.wait(5);
    await stage.ask({ op: "SocketData", socket: 1_000, data: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", end: false });
    const stopped = await stage.ok({ op: "StopContainer", container: pod.container, timeoutMs: 60_000 });
    assert.equal(stopped.container?.exitCode, 0);
    const data = stage.pushes.flatMap((push) => (push.type === "socket.data" ? [push] : []));
    assert.match(data.map((push) => push.data).join(""), /the last word/);
    assert.equal(data.at(-1)?.end, true);
    assert.ok(!stage.pushes.some(({ type }) => type === "socket.reset"));
    await stage.ask({ op: "SocketData", socket: 1_000, data: "GET / HTTP/1.1\r\n", end: false });
    assert.ok(stage.pushes.some(({ type }) => type === "socket.reset"));
  }
});

test("findImage() looks at a folder as it is, builds only what is asked for, and prepareModules() refuses none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-find-"));
  try {
    await mkdir(join(folder, "shop"));
    await writeFile(join(folder, "shop/cart.ts"), `export default { fetch: () => new Response("1") };`);
    await writeFile(join(folder, "shop/broken.ts"), "{{{");
    const first = await findImage(folder, "shop/cart:1");
    assert.ok(first?.ok);
    assert.equal(await findImage(folder, "nginx:1"), undefined);
    await mkdir(join(folder, "shop/cart"));
    await cp(join(folder, "shop/cart.ts"), join(folder, "shop/cart/2.ts"));
    const second = await findImage(folder, "shop/cart:2");
    assert.ok(second?.ok && second.full === "docker.io/shop/cart:2");
    await writeFile(join(folder, "shop/cart/2.ts"), `export default { fetch: () => new Response("2") };`);
    const changed = await findImage(folder, "shop/cart");
    assert.ok(changed?.ok && changed.ref !== second.ref);
    const pinned = await findImage(folder, changed.ref);
    assert.ok(pinned?.ok && pinned.ref === changed.ref);
    const broken = await findImage(folder, "shop/broken");
    assert.ok(broken && !broken.ok && broken.code === "broken");
  } finally {
    await rm(folder, { recursive: true });
  }
  await assert.rejects(prepareModules(folder), /Cannot use worker images: there is no folder/);
});
