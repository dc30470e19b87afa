import { assert, test } from "../../../properties/house/test.ts";
import { exited, exitOf, get, has, lines } from "../../../properties/stages/modules/stages.ts";
import { workerStage } from "../../../properties/stages/modules/worker_stage.ts";

test("workerRunner() kills a module that loops without end, while it loads or later", async () => {
  const stuck = await workerStage.start(`console.log("in"); for (;;);`);
  await stuck.until(() => lines(stuck, "stdout").length === 1);
  stuck.kill();
  await stuck.until(exited);
  assert.deepEqual(exitOf(stuck), { type: "exit", code: 137, reason: "Error" });

  const later = await workerStage.start(`export default { fetch() { console.log("in"); for (;;); } };`);
  await later.until(has("listening"));
  later.tell({ type: "request", id: 1, method: "GET", url: "http://app/", headers: [], hasBody: false });
  await later.until(() => lines(later, "stdout").length === 1);
  later.kill();
  await later.until(exited);
  assert.equal(exitOf(later).code, 137);
});

test("workerRunner() ends a module that takes more memory than its limit as OOMKilled", async () => {
  const text = `const kept = []; export default { start() { for (;;) kept.push(new Array(10_000).fill(kept.length)); } };`;
  const container = await workerStage.start(text, { memoryLimitBytes: 16 * 1024 * 1024 });
  await container.until(exited);
  assert.deepEqual(exitOf(container), { type: "exit", code: 137, reason: "OOMKilled" });
});

test("workerRunner() lets a module import what its pod's permissions cover", async () => {
  const text = `import { readdirSync } from "node:fs";
    import { posix } from "node:path";
    export default { fetch: () => new Response(String(readdirSync("/").includes(posix.basename("/a/tmp")))) };`;
  const container = await workerStage.start(text, { permissions: { read: ["*"], write: ["*"] } });
  await container.until(has("listening"));
  assert.equal((await get(container, "/", 1)).text, "true");
  const refused = await workerStage.start(text, { permissions: { net: ["*"] } });
  await refused.until(exited);
  assert.match(
    lines(refused, "stderr")[0] ?? "",
    /^Cannot start container "ns\/web-0\/app": its image imports "node:fs" in ".*", permission "read" is not granted for it, annotate its pod with kubetroupe.dev\/permissions: '{"read": \["\/path"\]}'$/,
  );
});

test("workerRunner() opens what it cannot look at only to pods that may do all of it", async () => {
  const text = `import { execFileSync } from "node:child_process"; export default { start() { return 3; } };`;
  const part = await workerStage.start(text, { permissions: { run: ["ls"] } });
  await part.until(exited);
  assert.match(lines(part, "stderr")[0] ?? "", /"node:child_process".*permission "run" for all is not granted/);
  const all = await workerStage.start(text, { permissions: { run: ["*"] } });
  await all.until(exited);
  assert.equal(exitOf(all).code, 3);
});

test("workerRunner() refuses what is done with a module beyond what the pod's permissions cover", async () => {
  const text = `import { readFileSync, writeFileSync } from "node:fs";
    import { readFile } from "node:fs/promises";
    import { get } from "node:http";
    const tried = (body) => Promise.resolve().then(body).then(() => "done", (error) => error.code + " " + error.message);
    const done = {
      read: () => readFileSync("/etc/../etc/hosts"),
      promised: () => readFile("/etc/passwd"),
      write: () => writeFileSync("/etc/hosts.d/x", ""),
      connect: () => new Promise((resolve, reject) => get("http://127.0.0.1:1/", resolve).on("error", reject)),
      elsewhere: () => new Promise((resolve, reject) => get("http://127.0.0.1:2/", resolve).on("error", reject)),
    };
    export default { async start() { for (const name in done) console.log(name, await tried(done[name])); return 0; } };`;
  const permissions = { read: ["/etc/hosts"], net: ["127.0.0.1:1"] };
  const container = await workerStage.start(text, { permissions });
  await container.until(exited);
  const refused = (scope: string, name: string) =>
    `ERR_ACCESS_DENIED Cannot use "${scope}" in container "ns/web-0/app": permission "${name}" is not granted for it, add "${name}": ["${scope}"] to its pod's annotation kubetroupe.dev/permissions`;
  assert.deepEqual(lines(container, "stdout"), [
    "read done",
    `promised ${refused("/etc/passwd", "read")}`,
    `write ${refused("/etc/hosts.d/x", "write")}`,
    "connect ECONNREFUSED connect ECONNREFUSED 127.0.0.1:1",
    `elsewhere ${refused("127.0.0.1:2", "net")}`,
  ]);
});

test("workerRunner() gives an image no module of Node that is not granted, by whatever way", async () => {
  const text = `const name = ["f", "s"].join("");
    const ways = {
      import: () => import (name),
      require: () => require(name),
      process: () => globalThis.process.getBuiltinModule(name),
      function: () => new Function("return import('fs')")(),
      binding: () => globalThis.process.binding(name),
    };
    export default { async start() {
      for (const way in ways) {
        try { await ways[way](); console.log(way, "got it"); } catch (error) { console.log(way, "refused", error.message); }
      }
      return 0;
    } };`;
  const container = await workerStage.start(text, { permissions: { net: ["*"] } });
  await container.until(exited);
  const told = lines(container, "stdout");
  assert.deepEqual(
    told.map((line) => line.split(" ", 2).join(" ")),
    ["import", "require", "process", "function", "binding"].map((way) => `${way} refused`),
  );
  const refusal =
    /Cannot use "fs" in container "ns\/web-0\/app": permission "read" is not granted for it, annotate its pod/;
  assert.equal(told.filter((line) => refusal.test(line)).length, 4);
});

test("workerRunner() shows an image the variables of its environment that are granted, and no others", async () => {
  const text = `import process from "node:process";
    export default { start() { console.log(Object.keys(process.env).join()); return 0; } };`;
  const container = await workerStage.start(text, { permissions: { env: ["PATH"], sys: ["*"] } });
  await container.until(exited);
  assert.deepEqual(lines(container, "stdout"), ["PATH"]);
});
