import { setup } from "xstate";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { type Deed, type PuppetMessage, puppet } from "../../../properties/stages/hosts/puppet.ts";
import { defineActor } from "../../core/actor.ts";
import { type ChartTypes, handlers, reducers } from "../../core/handlers.ts";
import { diskModel } from "../../devices/disk_model.ts";
import type { DiskAnswer } from "../../devices/messages.ts";
import type { Fault } from "../../faults/fault.ts";
import type { ChildSpec } from "../../supervision/child_spec.ts";
import { createSimulation } from "./simulation.ts";

type BallMessage = { readonly type: "ball"; readonly left: number };
interface PlayerData {
  readonly others: readonly string[];
  hits: number;
  stored: number;
}
interface PlayerInput {
  readonly others: readonly string[];
}
const { begin } = reducers<PlayerData, BallMessage>();
const playing = handlers<PlayerData, BallMessage>({
  ball(data, { body }, step) {
    data.hits++;
    step.device("disk", { op: "append", path: "hits", data: ".", sync: true });
    const to = data.others[step.int(data.others.length)] as string;
    if (body.left > 0) step.send(to, { type: "ball", left: body.left - 1 } as BallMessage);
  },
  reply(data, { body }) {
    if ((body as DiskAnswer).ok) data.stored++;
  },
});

/** Passes a ball to a player drawn at random, and notes each hit on its disk. */
const player = defineActor<PlayerInput>({
  kind: "player",
  module: import.meta.url,
  permissions: { read: ["."], write: ["."] },
  digest: ({ hits }: PlayerData) => hits,
  machine: setup({
    types: {} as ChartTypes<PlayerData, BallMessage, PlayerInput>,
  }).createMachine({
    id: "player",
    initial: "playing",
    context: begin(({ others }: PlayerInput) => ({ others, hits: 0, stored: 0 })),
    states: { playing: { on: playing.on } },
  }),
});

function play(seed: number, faults: readonly Fault[] = []) {
  const names = ["a", "b", "c"];
  const disk = diskModel();
  const simulation = createSimulation({ cast: { actors: [player], devices: [disk] }, seed, faults });
  for (const name of names) simulation.spawnNow({ name, kind: "player", input: { others: names } });
  simulation.advance(5);
  for (let ball = 0; ball < 5; ball++) simulation.send("a", { type: "ball", left: 40 } as BallMessage);
  simulation.advance(2_000);
  simulation.faults.heal();
  simulation.advance(2_000);
  return { simulation, disk, hash: simulation.journal.hash() };
}

property(
  "createSimulation() gives the same run for the same seed and faults",
  [fc.integer(), fc.nat(2)],
  (seed, who) => {
    const actor = ["a", "b", "c"][who] as string;
    const faults: Fault[] = [
      { kind: "crash", parameters: { actor }, trigger: { actor, event: "ball", nth: 3 }, forMs: 3 },
      { kind: "loss", parameters: { from: ["*"], to: ["b"], probability: 0.1 }, trigger: { atMs: 5 }, forMs: 10 },
    ];
    assert.equal(play(seed, faults).hash, play(seed, faults).hash);
  },
);

test("createSimulation() draws another order for another seed", () => {
  assert.notEqual(play(1).hash, play(2).hash);
});

test("createSimulation() keeps on disk what was synced before a crash, and starts the actor again", () => {
  const trigger = { actor: "b", event: "ball", nth: 10 };
  const { simulation, disk } = play(3, [{ kind: "crash", parameters: { actor: "b" }, trigger, forMs: 3 }]);
  const kept = disk.durable("b", "hits")?.length ?? 0;
  assert.equal(simulation.report("b")?.incarnation, 1);
  const { hits } = simulation.dataOf("b") as PlayerData;
  assert.ok(kept >= hits && kept > 0, `${kept} kept, ${hits} hits in the second life`);
});

test("createSimulation() refuses a disk that is another actor's, naming actor and permission", () => {
  const thief = defineActor({
    kind: "thief",
    module: import.meta.url,
    permissions: { read: ["."] },
    machine: setup({
      types: {} as ChartTypes<object, never>,
      actions: {
        steal: reducers<object, never>().act((_data, _event, step) => {
          step.device("disk", { op: "read", path: "/a/hits" });
        }),
      },
    }).createMachine({ initial: "stealing", context: { data: {} }, states: { stealing: { entry: "steal" } } }),
  });
  const simulation = createSimulation({ cast: { actors: [thief], devices: [diskModel()] }, seed: 1 });
  simulation.spawnNow({ name: "thief", kind: "thief", input: undefined, restartsMax: 0 });
  simulation.advance(100);
  assert.match(simulation.failures()[0]?.reason ?? "", /"a\/hits" in actor "thief": permission "read" is not granted/);
});

test("createSimulation() tells a parent why its child crashed but not where: files lie elsewhere on each machine", () => {
  const first: Deed[] = [{ do: "throw", text: "no bread" }];
  const spec: ChildSpec = { name: "child", kind: "puppet", input: { first }, restart: "temporary" };
  const simulation = createSimulation({ cast: { actors: [puppet], devices: [] }, seed: 1, journalMax: 10 });
  simulation.spawnNow({ name: "parent", kind: "puppet", input: { first: [{ do: "spawn", spec }] } });
  simulation.advance(10);
  simulation.send("parent", { type: "puppet.do", deeds: [{ do: "throw", text: "no flour" }] } as PuppetMessage);
  simulation.advance(100);
  const told = simulation.journal.entries().map(({ event }) => event as { type: string; reason?: string });
  assert.equal(told.find(({ type }) => type === "child.exited")?.reason, "no bread");
  assert.match(simulation.report("parent")?.lastEnd ?? "", /^Error: no flour\n +at /);
});
