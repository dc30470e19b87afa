import { on } from "node:events";
import { Worker } from "node:worker_threads";
import { assert, test } from "../../properties/house/test.ts";
import { bundledProgram } from "../../properties/stages/bundled_program.ts";

test("watchHeapRoom() tells that what lives fills the heap before the thread dies of it, and when that is over", async () => {
  const program = await bundledProgram(new URL("../../properties/stages/devices/heap_filler.ts", import.meta.url));
  const worker = new Worker(program, {
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
  });
  const said: string[] = [];
  for await (const [word] of on(worker, "message", { close: ["exit"] })) said.push(word);
  assert.deepEqual(said, ["garbage is no matter", "short of room", "room again"]);
});
