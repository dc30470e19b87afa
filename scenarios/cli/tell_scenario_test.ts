import { assert, test } from "../../properties/house/test.ts";
import type { ScenarioEvent } from "../script/run_scenario.ts";
import type { Display } from "./display.ts";
import { conclusion, createTeller } from "./tell_scenario.ts";

/** What stands on a terminal: the lines that stay, and the one that moves. */
function terminal() {
  const lines: string[] = [];
  let moving = "";
  const display: Display = {
    set: (_key, text) => {
      moving = text;
    },
    note: (text) => void lines.push(text),
    end: () => {},
  };
  return { display, lines, moving: () => moving };
}

test("createTeller() says what is waited for, and no more once it has come", () => {
  const { display, lines, moving } = terminal();
  const tell = createTeller(display);
  const looking: ScenarioEvent = { type: "looking", what: "pods run", last: "Expected\n  3", atMs: 1_200 };
  tell({ type: "step", title: "Wait", number: 1, atMs: 1_000 });
  tell(looking);
  assert.equal(moving().trim(), "1.2 s  … pods run: Expected 3");
  tell({ type: "observed", atMs: 1_300, text: "pods run" });
  assert.equal(moving(), "");
  tell(looking);
  tell({
    type: "step.over",
    number: 1,
    step: { title: "Wait", atMs: 1_000, tookMs: 300, isHeld: false, observed: [] },
  });
  assert.equal(moving(), "");
  assert.deepEqual(
    lines.map((line) => line.trim()),
    ["1  Wait", "1.3 s  pods run", "✗  failed, 0.3 s"],
  );
});

test("conclusion() cuts long titles, indents what has several lines, and claims no hash for threads", () => {
  const step = { title: "long ".repeat(30), atMs: 0, tookMs: 61_000, isHeld: false, observed: [] };
  const failure = { step: "S", message: "m", expected: "a\nb", seen: "c", events: ["e"], faults: [] };
  const text = conclusion({
    name: "n",
    host: "thread",
    seed: 1,
    isHeld: false,
    steps: [step],
    failure,
    tookMs: 61_000,
  });
  assert.match(text, /^✗ S\n {2}expected {2}a\n {12}b\n {2}saw {7}c\n/);
  assert.match(text, /Kubernetes Events around it:\n {4}e\n {2}Faults and crashes so far: none\n/);
  assert.match(text, /^ {2}1 {2}(long )+.*… {2}1 min 1\.0 s {2}✗ failed$/m);
  assert.match(text, /Failed after 0 steps that held, in 1 min 1\.0 s; threads run freely/);
  assert.doesNotMatch(text, /hash/);
});
