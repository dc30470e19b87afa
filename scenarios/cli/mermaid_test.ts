import { createMachine } from "xstate";
import { assert, test } from "../../properties/house/test.ts";
import { allCharts } from "./charts.ts";
import { mermaidOf } from "./mermaid.ts";

const lamp = createMachine({
  id: "lamp",
  initial: "off",
  on: { smash: ".broken" },
  states: {
    off: { description: "dark", on: { press: { target: "on", guard: "hasPower" } } },
    on: {
      entry: "shine",
      initial: "steady",
      states: { steady: { after: { 500: "dim" } }, dim: { always: { guard: "isBright", target: "steady" } } },
      on: { press: "off", count: { actions: "add" } },
    },
    broken: { type: "final" },
  },
});

test("mermaidOf() draws states, nesting, guards, delays, final states and transitions of the whole chart", () => {
  assert.equal(
    mermaidOf(lamp),
    `stateDiagram-v2
  state "lamp" as lamp_chart {
    [*] --> off
    off
    state on {
      [*] --> on_steady
      state "steady" as on_steady
      state "dim" as on_dim
      on_steady --> on_dim: after 500 ms
      on_dim --> on_steady: [isBright]
    }
    broken
    off --> on: press [hasPower]
    on --> off: press
    broken --> [*]
  }
  lamp_chart --> broken: smash`,
  );
});

test("mermaidOf() adds descriptions and entry actions as notes when asked", () => {
  const text = mermaidOf(lamp, { withNotes: true });
  assert.match(text, /note right of off\n\s+dark\n\s+end note/);
  assert.match(text, /note right of on\n\s+entry \/ shine\n\s+end note/);
});

test("mermaidOf() draws parallel regions apart", () => {
  const machine = createMachine({
    id: "both",
    type: "parallel",
    states: { left: { initial: "a", states: { a: {} } }, right: { initial: "b", states: { b: {} } } },
  });
  assert.deepEqual(
    mermaidOf(machine)
      .split("\n")
      .map((line) => line.trim()),
    [
      "stateDiagram-v2",
      "state left {",
      "[*] --> left_a",
      'state "a" as left_a',
      "}",
      "--",
      "state right {",
      "[*] --> right_b",
      'state "b" as right_b',
      "}",
    ],
  );
});

test("every component's chart is a real one: it has phases, and ways between them that depend on something", () => {
  for (const { name, machine } of allCharts()) {
    const lines = mermaidOf(machine).split("\n");
    const ways = lines.filter((line) => /-->.*:/.test(line));
    assert.ok(ways.length >= 3, `${name}: ${ways.length} transitions`);
    assert.ok(new Set(ways.map((line) => line.trim().split(" ")[0])).size >= 2, `${name}: transitions from one state`);
    assert.ok(
      lines.every((line) => !line.includes("undefined")),
      `${name}: ${lines.join("\n")}`,
    );
  }
});
