import { assert, test } from "../../properties/house/test.ts";
import { narrationOf, runScenario, type ScenarioEvent } from "./run_scenario.ts";
import { type Scenario, scenario } from "./scenario.ts";

const topology = { nodes: 1, stores: 1, apiservers: 1 } as const;
const about = { name: "test", summary: "for a test", topology };

const unschedulable = `
apiVersion: v1
kind: Pod
metadata: { name: picky }
spec: { nodeSelector: { disk: ssd }, containers: [{ name: main, image: nginx }] }
`;

const failing: Scenario = scenario(about, async ({ step, apply, get, eventually, inject, advance, expect }) => {
  await step("A pod is asked for", () => apply(unschedulable));
  await step("Something breaks", async () => {
    await inject("pause", { actor: "manager/0" }, { for: "1s" });
    await advance("3s");
  });
  await step("It runs", () =>
    eventually(
      "it is Running",
      async () => expect((await get("pod/picky")).status.phase, "its phase").toBe("Running"),
      {
        within: "20s",
      },
    ),
  );
  await step("Never reached", () => {});
});

test("runScenario() tells of a failing step what was expected and seen, where, and what happened around it", async () => {
  const events: ScenarioEvent[] = [];
  const result = await runScenario(failing, { onEvent: (event) => events.push(event) });
  assert.equal(result.isHeld, false);
  assert.deepEqual(
    result.steps.map(({ title, isHeld }) => [title, isHeld]),
    [
      ["A pod is asked for", true],
      ["Something breaks", true],
      ["It runs", false],
    ],
  );
  const { failure } = result;
  assert.ok(failure);
  assert.equal(failure.step, "It runs");
  assert.deepEqual([failure.expected, failure.seen], ["its phase to be 'Running'", "'Pending'"]);
  assert.ok((failure.afterMs ?? 0) >= 20_000);
  assert.match(failure.where ?? "", /^run_scenario_test\.ts:\d+$/);
  assert.match(failure.events.join("\n"), /Warning FailedScheduling pod\/picky: 0\/1 nodes are available/);
  assert.doesNotMatch(failure.events.join("\n"), /NodeReady/, "how the cluster came up is another story");
  assert.match(failure.faults.join("\n"), /^0\.0 s {2}fault: manager\/0 is paused, for 1s$/);
  assert.deepEqual(events.filter(({ type }) => type === "failed").length, 1);
  assert.match(narrationOf(result).at(-1) ?? "", /^it is Running: not within 20\.0 s: Expected its phase/);
  assert.deepEqual(await runScenario(failing), result, "a failure too is the same every time");
});

test("runScenario() has a failure for whatever a script throws, wherever it throws it", async () => {
  const outside = await runScenario(
    scenario(about, async () => {
      throw new TypeError("a mistake");
    }),
  );
  assert.deepEqual([outside.failure?.step, outside.failure?.message], [undefined, "a mistake"]);
  assert.match(outside.failure?.where ?? "", /^run_scenario_test\.ts:\d+$/);
  const inside = await runScenario(
    scenario(about, ({ step }) => step("One that throws what is no error", () => Promise.reject("a text"))),
  );
  assert.deepEqual([inside.failure?.step, inside.failure?.message], ["One that throws what is no error", "a text"]);
  const refused = await runScenario(scenario(about, async ({ get }) => void (await get("pod/none"))));
  assert.match(refused.failure?.seen ?? "", /pods "none" not found/);
});

test("runScenario() counts a step that is not over as failed, once, when the script ends or throws beside it", async () => {
  const cases: readonly (readonly [script: Scenario["script"], message: RegExp])[] = [
    [async ({ step }) => void step("Open", () => new Promise(() => {})), /^Cannot end: the step "Open" is not over/],
    [
      async ({ step, advance }) => {
        const ends = step("Open", () => advance("1s"));
        await Promise.all([ends, step("Too early", () => {})]);
      },
      /^Cannot begin the step "Too early": the step "Open" is not over/,
    ],
  ];
  for (const [script, message] of cases) {
    const { failure, steps, isHeld } = await runScenario(scenario(about, script));
    assert.deepEqual([failure?.step, steps.map(({ title }) => title), isHeld], ["Open", ["Open"], false]);
    assert.match(failure?.message ?? "", message);
    assert.equal(steps[0]?.isHeld, false);
  }
});

test("runScenario() ends with its failure when nobody is left to ask for Events", async () => {
  const result = await runScenario(
    scenario(about, ({ step, inject, get }) =>
      step("All API servers are gone", async () => {
        await inject("crash", { actor: "apiserver/0" });
        await get("pod/none");
      }),
    ),
  );
  assert.match(result.failure?.message ?? "", /Cannot get pod\/none: Unanswered/);
  assert.match(result.failure?.events.join() ?? "", /^They cannot be listed: /);
  assert.match(result.failure?.faults.join() ?? "", /fault: apiserver\/0 crashes/);
});

test("runScenario() is given up by its signal, whatever the script does meanwhile", async () => {
  const scripts: readonly Scenario["script"][] = [
    async ({ step, advance }) => {
      await step("Years of virtual time", async () => {
        for (;;) await advance("24h");
      });
    },
    async ({ list }) => {
      for (;;) await list("pods");
    },
    () => new Promise(() => {}),
  ];
  for (const script of scripts) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 200);
    await assert.rejects(runScenario(scenario(about, script), { signal: controller.signal }), /enough/);
  }
});
