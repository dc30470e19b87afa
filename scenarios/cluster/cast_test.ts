import { createActor } from "xstate";
import { assert, test } from "../../properties/house/test.ts";
import { startMachine, within } from "../../runtime/core/machine.ts";
import { createStep } from "../../runtime/core/step.ts";
import { components, modelCast } from "./cast.ts";
import { childSpecs } from "./topology.ts";

/** An input for each component, as a cluster gives it. */
function inputs(): ReadonlyMap<string, unknown> {
  const specs = childSpecs({ nodes: 1, stores: 3, apiservers: 2, traffic: true });
  const found = new Map(specs.map(({ kind, input }) => [kind, input]));
  return found.set("controller", { loop: "deployment", servers: ["apiserver/0"], leads: "parent" });
}

function newStep() {
  const control = createStep({ self: "store/0", parent: "manager/0", incarnation: 0, randomKey: 1 });
  control.next(1_000, 0);
  return control;
}

test("every component's machine runs under XState's own createActor as it does under the runtime", () => {
  const given = inputs();
  for (const { kind, machine } of components) {
    const input = given.get(kind);
    assert.ok(input, `${kind} has an input`);
    const ours = newStep();
    const running = startMachine(machine, input, ours);
    const theirs = newStep();
    // Delays of the chart are XState's here: a clock that never comes to them.
    const clock = { setTimeout: () => 0, clearTimeout: () => {} };
    const actor = within(theirs.step, () => createActor(machine, { input, clock }).start());
    const isSame = () => {
      assert.equal(phaseOf(actor.getSnapshot().value), running.phase(), kind);
      const effects = ours
        .takeEffects()
        .filter((effect) => effect.kind !== "timer" || !effect.name.startsWith("xstate."));
      assert.deepEqual(
        theirs.takeEffects(),
        effects.filter((effect) => effect.kind !== "cancel" || !effect.name.startsWith("xstate.")),
        kind,
      );
    };
    isSame();
    for (const control of [ours, theirs]) control.next(2_000, 1_000);
    running.deliver({ type: "stop" });
    within(theirs.step, () => actor.send({ type: "stop" }));
    isSame();
    within(theirs.step, () => actor.stop());
  }
});

test("modelCast() gives every simulation devices of its own", () => {
  const [one, two] = [modelCast(), modelCast()];
  assert.deepEqual(
    one.devices.map(({ name }) => name),
    ["disk", "net", "cri", "dataplane", "dns_socket", "tcp"],
  );
  assert.ok(one.devices.every((device, index) => device !== two.devices[index]));
});

function phaseOf(value: unknown): string {
  if (typeof value === "string") return value;
  return Object.entries(value as object)
    .map(([name, inner]) => {
      const below = phaseOf(inner);
      return below === "" ? name : `${name}.${below}`;
    })
    .join("|");
}
