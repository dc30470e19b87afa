import { storeFaults } from "../../properties/arbitraries/store_faults.ts";
import { keyValueModel, revisionsGrow } from "../../properties/checkers/key_value_model.ts";
import { checkLinearizable } from "../../properties/checkers/linearizability.ts";
import { type StoreStage, type StoreStageOptions, storeStage } from "../../properties/store_stage.ts";
import { assert, fc, property } from "../../properties/test.ts";
import { changesAt, type Keyspace } from "./keyspace/keyspace.ts";

const members = ["s0", "s1", "s2"];

/** Runs clients and watchers under faults, heals, and lets everything come to rest. */
function play(options: StoreStageOptions): StoreStage {
  const stage = storeStage({ clients: 3, watchers: 3, ...options });
  const { simulation } = stage;
  const isDone = () => stage.clients().every(({ left, asked }) => left === 0 && !asked);
  simulation.runUntil(isDone, 8_000);
  simulation.faults.heal();
  assert.ok(
    simulation.runUntil(isDone, simulation.uptimeMs() + 120_000),
    "the clients do not come to an end after the faults were healed",
  );
  simulation.advance(15_000);
  return stage;
}

/** Everything that must hold at the end of a run; undefined when it does. */
function judge(stage: StoreStage): string | undefined {
  const history = stage.clients().flatMap((client) => client.history);
  const verdict = checkLinearizable(keyValueModel, history);
  if (verdict.ok === false) return `not linearizable: ${verdict.part} at ${JSON.stringify(verdict.stuckAt)}`;
  return revisionsGrow(history) ?? judgeReplicas(stage) ?? judgeWatchers(stage);
}

function judgeReplicas({ members, data }: StoreStage): string | undefined {
  const [first, ...others] = members.map((member) => dump(data(member)?.keyspace));
  const different = others.findIndex((other) => other !== first);
  return different < 0 ? undefined : `s${different + 1} ends with ${others[different]}, s0 with ${first}`;
}

function dump(keyspace: Keyspace | undefined): string {
  const all: unknown[] = [keyspace?.revision];
  keyspace?.keys.each("", undefined, (versions) => void all.push(versions));
  return JSON.stringify(all);
}

function judgeWatchers({ watchers, data }: StoreStage): string | undefined {
  const keyspace = data("s0")?.keyspace;
  if (!keyspace) return "s0 is down";
  const expected: string[] = [];
  for (let revision = 2; revision <= keyspace.revision; revision++) {
    for (const { type, kv } of changesAt(keyspace, revision)) expected.push(JSON.stringify({ type, kv }));
  }
  for (const [i, watcher] of watchers().entries()) {
    if (watcher.wrong) return `watcher ${i}: ${watcher.wrong}`;
    const told = watcher.events.map((event) => JSON.stringify(event));
    const at = expected.findIndex((event, place) => told[place] !== event);
    if (at >= 0) return `watcher ${i} was told ${told[at]} instead of ${expected[at]}`;
    if (told.length > expected.length) return `watcher ${i} was told too much: ${told[expected.length]}`;
  }
  return undefined;
}

property(
  "a group keeps its promises under faults, and comes to one state when they are healed",
  [fc.integer(), storeFaults({ members })],
  (seed, faults) => {
    assert.equal(judge(play({ seed, faults })), undefined);
  },
  { runs: 40 },
);

property(
  "a group that cuts its log all the time keeps its promises under faults",
  [fc.integer(), storeFaults({ members })],
  (seed, faults) => {
    assert.equal(judge(play({ seed, faults, input: { snapshotEntries: 8 } })), undefined);
  },
  { runs: 40 },
);
