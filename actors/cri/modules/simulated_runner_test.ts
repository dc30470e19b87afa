import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { assert, test } from "../../../properties/house/test.ts";
import { bundledProgram } from "../../../properties/stages/bundled_program.ts";
import { exited, exitOf, get, has, imageOf, lines, simulatedStage } from "../../../properties/stages/modules/stages.ts";
import { transcriptHash } from "../../../properties/stages/modules/transcript.ts";

test("a run of a simulated module gives the same transcript twenty times, another seed another", async () => {
  const hashes = new Set<string>();
  for (let run = 0; run < 20; run++) hashes.add(await transcriptHash(7));
  assert.equal(hashes.size, 1);
  assert.ok(!hashes.has(await transcriptHash(8)));
});

test("a run of a simulated module gives the same transcript in other processes, time zones and languages", async () => {
  const url = new URL("../../../properties/stages/modules/print_transcript.ts", import.meta.url);
  const script = await bundledProgram(url);
  const places = [
    { TZ: "Asia/Tokyo", LC_ALL: "de_DE.UTF-8" },
    { TZ: "America/New_York", LC_ALL: "C" },
  ];
  for (const place of places) {
    const { stdout } = await promisify(execFile)(process.execPath, [script, "7"], {
      env: { ...process.env, ...place },
    });
    assert.equal(stdout, await transcriptHash(7));
  }
});

test("a simulated module has done all there is to do when tell() returns", async () => {
  const container = await simulatedStage().start(`
    export default { async fetch(request) {
      let sum = 0;
      for (let i = 0; i < 100; i++) sum += await (async () => i)();
      const stream = new ReadableStream({ async pull(to) { await null; to.enqueue(new Uint8Array([1])); if (++sum > 4960) to.close(); } });
      let read = 0;
      for await (const chunk of stream.pipeThrough(new TransformStream())) read += chunk.length;
      const all = await Promise.all(Array.from({ length: 20 }, async (_, i) => { await null; return i; }));
      return Response.json([sum, read, all.length, await request.text()]);
    } };`);
  await container.until(has("listening"));
  container.tell({ type: "request", id: 1, method: "POST", url: "http://app/", headers: [], hasBody: true });
  container.tell({ type: "request.chunk", id: 1, data: new TextEncoder().encode("body") });
  assert.ok(!has("response.head", 1)(container.outputs));
  container.tell({ type: "request.end", id: 1 });
  assert.ok(has("response.end", 1)(container.outputs));
  const [chunk] = container.outputs.flatMap((output) => (output.type === "response.chunk" ? [output.data] : []));
  assert.equal(new TextDecoder().decode(chunk), '[4961,11,20,"body"]');
});

test("a simulated module that loops without end hangs after its steps, and is killed", async () => {
  const endless = [
    `for (;;);`,
    `while (true) try { for (;;); } catch {}`,
    `const spin = () => spin2(); const spin2 = () => { try { spin(); } catch { return spin(); } }; for (let i = 0; ; i++) spin();`,
    `(async () => { for (;;) await null; })();`,
    `const again = () => Promise.resolve().then(again, again); again();`,
    `(async () => { try { for (;;) await Promise.reject(1).catch(() => {}); } finally { for (;;) console.log("late"); } })();`,
    `do queueMicrotask(() => {}); while (true);`,
  ];
  for (const text of endless) {
    const container = await simulatedStage({ stepsMax: 5_000 }).start(
      `export default { fetch() { console.log("in"); ${text} return new Response("x"); }, signal: () => 0 };`,
    );
    await container.until(has("listening"));
    container.tell({ type: "request", id: 1, method: "GET", url: "http://app/", headers: [], hasBody: false });
    assert.deepEqual(container.outputs.at(-1), { type: "hung" }, text);
    const before = container.outputs.length;
    container.tell({ type: "signal", name: "SIGTERM" });
    assert.equal(container.outputs.length, before);
    container.kill();
    assert.deepEqual(exitOf(container), { type: "exit", code: 137, reason: "Error" });
  }
  const onLoad = await simulatedStage({ stepsMax: 5_000 }).start(
    `let i = 0; while (i >= 0) i++; export default { fetch() {} };`,
  );
  await onLoad.until(has("hung"));
  assert.deepEqual(onLoad.outputs, [{ type: "hung" }]);
});

test("a simulated module that no count of steps can stop fails the run, if a limit in real time is set", async () => {
  const container = await simulatedStage({ realMsMax: 50 }).start(
    `export default { fetch: () => new Response(String(/^(a+)+$/.test("a".repeat(60) + "b"))) };`,
  );
  await container.until(has("listening"));
  const input = { type: "request", id: 1, method: "GET", url: "http://app/", headers: [], hasBody: false } as const;
  assert.throws(
    () => container.tell(input),
    /^Error: Cannot go on with the simulation: container "ns\/web-0\/app" computed for more than 50 ms/,
  );
});

test("a simulated module sees virtual time in UTC, and no machine's language", async () => {
  const container = await simulatedStage().start(`
    export default { async start() {
      const at = Date.now();
      await new Promise((done) => setTimeout(done, 86_400_000));
      const day = new Date();
      console.log(Date.now() - at, day.getHours() === day.getUTCHours(), day.getTimezoneOffset(), new Date(2020, 0, 2, 3).toISOString(),
        new Date("2020-01-02T03:04").toISOString(), Date.parse("2 Jan 2020 03:04"), day instanceof Date, typeof Date(), new Date(day).getTime() === day.getTime());
      console.log(day.toString(), (1234.5).toLocaleString(), new Date(0).toLocaleDateString(), ["b", "ä", "a"].sort((a, b) => a.localeCompare(b)).join(""),
        new Intl.NumberFormat("de-DE").format(1234.5), new Intl.DateTimeFormat().resolvedOptions().timeZone);
      return 0;
    } };`);
  await container.until(exited);
  assert.deepEqual(lines(container, "stderr"), []);
  assert.deepEqual(lines(container, "stdout"), [
    "86400000 true 0 2020-01-02T03:00:00.000Z 2020-01-02T03:04:00.000Z 1577934240000 true string true",
    "Wed Nov 15 2023 22:13:20 GMT+0000 (Coordinated Universal Time) 1,234.5 1/1/1970 aäb 1.234,5 UTC",
  ]);
});

test("a simulated module makes no native promise, and code from texts only with an error", async () => {
  const container = await simulatedStage().start(`
    export default { async start() {
      const native = [(async () => {})(), (async function* () {})().next(), import("no" + "thing").catch(() => {}), Promise.resolve(), fetch("http://x/"), new Response("").text()];
      console.log(native.every((promise) => promise.constructor === Promise), Array.fromAsync, typeof WebAssembly, typeof WeakRef);
      try { new Function("return 1")(); } catch (error) { console.log(error.name, error.message); }
      return 0;
    } };`);
  await container.until(exited);
  assert.deepEqual(lines(container, "stdout"), [
    "true undefined undefined undefined",
    "EvalError Code generation from strings disallowed for this context",
  ]);
});

test("two simulated containers of one image share nothing", async () => {
  const image = await imageOf(`let count = 0; globalThis.shared = (globalThis.shared ?? 0) + 1;
    export default { fetch: () => new Response(String([++count, globalThis.shared])) };`);
  const stage = simulatedStage();
  const [one, other] = [await stage.start("", { image }), await stage.start("", { image })];
  assert.equal((await get(one, "/", 1)).text, "1,1");
  assert.equal((await get(one, "/", 2)).text, "2,1");
  assert.equal((await get(other, "/", 1)).text, "1,1");
});

test("a simulated module hears what it is told before its first moment after it, in order", async () => {
  const container = await simulatedStage().start(`
    export default { async start(env) {
      const answers = await Promise.all([fetch("http://a/"), fetch("http://b/")].map(async (each) => (await each).status));
      console.log(answers.join());
      return 0;
    }, fetch() {} };`);
  container.tell({ type: "fetch.head", id: 2, status: 404, headers: [] });
  container.tell({ type: "fetch.head", id: 1, status: 204, headers: [] });
  assert.deepEqual(container.outputs, []);
  await container.until(exited);
  assert.deepEqual(lines(container, "stdout"), ["204,404"]);
});

test("a simulated module's stacks name no file of this machine", async () => {
  const container = await simulatedStage().start(
    `function inner() { return new Error("x").stack; } export default { start() { console.log(inner()); return 0; } };`,
  );
  await container.until(exited);
  assert.match(lines(container, "stdout").join("\n"), /^Error: x\n {4}at inner \(image\.js:\d+:\d+\)\n/);
  for (const line of lines(container, "stdout").slice(1)) assert.match(line, /image\.js:\d+:\d+\)?$/);
});
