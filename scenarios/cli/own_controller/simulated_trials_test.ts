import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../../properties/house/test.ts";
import { customKind, defineController } from "../../controller/define_controller.ts";
import type { SimulatedSetting } from "./simulated_trial.ts";
import { drawFaults, simulatedRunIn, simulatedText } from "./simulated_trials.ts";

const controller = defineController({
  name: "idle",
  about: customKind({ group: "", version: "v1", kind: "ConfigMap", plural: "configmaps" }),
  reconcile() {},
});
const setting: SimulatedSetting = { controller, seed: 3, setup: [], steps: [], conditions: [], nodes: 0 };
const asked = ["create pods", "get pods", "update pods"].map((line, atMs) => ({ line, isWrite: true, atMs }));
const quiet = { problem: undefined, hash: "", notes: [], inventory: new Map(), asked, virtualMs: 9_000 };

test("drawFaults() crashes a controller after each of its answers, and is the same each time", () => {
  const plans = Array.from({ length: 40 }, (_none, index) => drawFaults(setting, { quiet, index }));
  const again = Array.from({ length: 40 }, (_none, index) => drawFaults(setting, { quiet, index }));
  assert.deepEqual(plans, again);
  const nths = plans.slice(0, 6).flatMap(([fault], index) => {
    const { trigger, kind } = fault ?? {};
    return index % 2 === 0 && kind === "crash" && trigger && "nth" in trigger ? [trigger.nth] : [];
  });
  assert.deepEqual(nths, [1, 2, 3]);
  assert.ok(new Set(plans.flat().map(({ kind }) => kind)).size > 5);
});

test("simulatedRunIn() reads what simulatedText() writes, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-test-"));
  try {
    const finding = { seed: 3, problem: "p", hash: "h", notes: [], faults: drawFaults(setting, { quiet, index: 0 }) };
    const path = join(folder, "run.json");
    await writeFile(path, simulatedText(finding));
    const { seed, faults } = await simulatedRunIn(path);
    assert.deepEqual([seed, faults], [3, finding.faults]);
    await writeFile(path, simulatedText(finding).replace('"version": 1', '"version": 9'));
    await assert.rejects(simulatedRunIn(path), /it is of version 9, this is version 1/);
    await writeFile(path, "{}");
    await assert.rejects(simulatedRunIn(path), /it is no run of a simulated controller/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
