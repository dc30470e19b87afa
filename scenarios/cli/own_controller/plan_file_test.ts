import { assert, test } from "../../../properties/house/test.ts";
import type { PlannedFault } from "./front_kind.ts";
import { planText, readPlan } from "./plan_file.ts";

const plan: readonly PlannedFault[] = [
  { fault: "crash", when: { after: "create configmaps", nth: 2 } },
  { fault: "refusal", when: { before: "update sites.example.com/status", nth: 1 }, code: 429, forMs: 500 },
  { fault: "owned-deleted", when: { step: 2 }, resource: "configmaps" },
];

test("readPlan() reads what planText() writes", () => {
  assert.deepEqual(readPlan(planText(plan, ["for people", "only"]), "plan.yaml"), plan);
});

test("readPlan() says what is wrong with a plan", () => {
  const whole = planText(plan);
  const wrong: readonly [text: string, says: RegExp][] = [
    ["a: [", /it is not YAML/],
    ["a: b", /it is no plan of faults/],
    [whole.replace("version: 1", "version: 7"), /it is of version 7, this is version 1/],
    [whole.replace("fault: crash", "fault: crush"), /fault 1 is of no known kind: "crush", use one of .*late-watch/],
    [whole.replace("forMs", "forms"), /fault 2 has a field that nobody knows: "forms"/],
    [whole.replace("step: 2", "stop: 2"), /fault 3 needs a "when"/],
  ];
  for (const [text, says] of wrong) assert.throws(() => readPlan(text, "plan.yaml"), says);
});
