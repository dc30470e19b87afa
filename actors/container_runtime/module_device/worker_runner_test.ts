import { assert, test } from "../../../properties/test.ts";
import { exited, exitOf, get, has, lines } from "./testing/stages.ts";
import { workerStage } from "./testing/worker_stage.ts";

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
  const refused = await workerStage.start(text, { permissions: { read: ["*"] } });
  await refused.until(exited);
  assert.match(
    lines(refused, "stderr")[0] ?? "",
    /"ns\/web-0\/app".*imports "node:fs", permission "write" is not granted/,
  );
});
