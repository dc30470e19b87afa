import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type AnyStateNode, createActor } from "xstate";
import { type DirectedGraphNode, toDirectedGraph } from "xstate/graph";
import { assert, test } from "../../properties/house/test.ts";
import { bundleCast } from "../../runtime/build/bundle.ts";
import { startMachine, within } from "../../runtime/core/machine.ts";
import { createStep } from "../../runtime/core/step.ts";
import { components, modelCast } from "./cast.ts";
import { childSpecs } from "./child_specs.ts";
import { cast } from "./free_cast.ts";

/** An input for each component, as a cluster gives it. */
function inputs(): ReadonlyMap<string, unknown> {
  const clouds = [{ provider: "aurora", nodes: 1 }] as const;
  const devices = [{ driver: "gpu.example.com", perNode: 1 }];
  const specs = childSpecs({ nodes: 1, stores: 3, apiservers: 2, traffic: true, clouds, devices });
  const found = new Map(specs.map(({ kind, input }) => [kind, input]));
  const child = { servers: ["apiserver/0"], leads: "parent" };
  return found
    .set("controller", { ...child, loop: "deployment" })
    .set("etcd", { stores: ["store/0"] })
    .set("outside_store", { endpoint: { host: "127.0.0.1", port: 2379 } })
    .set("cloud_controller", { ...child, loop: "cloud-node", settings: { clouds: [] } });
}

function newStep() {
  const control = createStep({ self: "store/0", parent: "manager/0", incarnation: 0, randomKey: 1 });
  control.next(1_000, 0);
  return control;
}

test("hosts with real threads know of each component what its definition says", () => {
  const told = components.map(({ kind, module, permissions }) => ({ kind, module, permissions }));
  assert.deepEqual(cast.actors, told);
});

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

test("XState's graph tools read every component's machine, and every action in it has a name to be shown by", () => {
  for (const { kind, machine } of components) {
    const drawn = nodesOf(toDirectedGraph(machine));
    assert.equal(drawn.length, statesOf(machine.root).length, kind);
    const wires = drawn.flatMap(({ edges }) => edges);
    assert.ok(wires.length > 0, kind);
    const actions = statesOf(machine.root).flatMap(({ entry, exit, transitions }) => [
      ...entry,
      ...exit,
      ...[...transitions.values()].flatMap((each) => each.flatMap((transition) => transition.actions)),
    ]);
    for (const action of actions as { readonly type?: string; readonly name?: string }[]) {
      assert.ok(typeof action === "string" || action.type || action.name, `${kind}: an action without a name`);
    }
  }
});

function nodesOf(node: DirectedGraphNode): DirectedGraphNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

function statesOf(state: AnyStateNode): AnyStateNode[] {
  return [state, ...Object.values(state.states).flatMap((each) => statesOf(each as AnyStateNode))];
}

test("modelCast() gives every simulation devices of its own", () => {
  const [one, two] = [modelCast(), modelCast()];
  assert.deepEqual(
    one.devices.map(({ name }) => name),
    ["disk", "net", "cri", "dns_socket", "tcp", "manifests", "signing", "storage", "https"],
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

test("of all workers an API server's alone has the rules of kinds, and what they need, and a kubelet's those of pods", async () => {
  const { urlOf } = await bundleCast(cast, { isShared: false });
  const ofRules = /\/actors\/api\/(?:defaults|schema|validation\/(?:pod|job|service)_spec|warnings)\b/;
  // A kubelet judges the manifests of static pods by itself.
  const ofPods = /\/actors\/api\/(?:defaults\/(?:pod_spec|gated_fields)|validation\/pod_spec|warnings\/\w+)\.ts$/;
  const having = await Promise.all(
    components.map(async (component) => {
      const map = JSON.parse(await readFile(`${fileURLToPath(urlOf(component))}.map`, "utf8"));
      return { kind: component.kind, has: (map.sources as string[]).filter((source) => ofRules.test(source)) };
    }),
  );
  assert.ok((having.find(({ kind }) => kind === "apiserver")?.has.length ?? 0) > 10, "the rules are where they belong");
  assert.deepEqual(
    having.filter(({ kind, has }) => !["apiserver", "kubelet"].includes(kind) && has.length > 0),
    [],
  );
  const kubelet = having.find(({ kind }) => kind === "kubelet");
  assert.deepEqual(
    kubelet?.has.filter((source) => !ofPods.test(source)),
    [],
  );
});
