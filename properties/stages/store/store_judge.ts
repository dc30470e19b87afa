import { changesAt, type Keyspace } from "../../../actors/store/keyspace/keyspace.ts";
import { keyValueModel, revisionsGrow } from "../../checkers/key_value_model.ts";
import { checkLinearizable } from "../../checkers/linearizability.ts";
import { type StoreStage, type StoreStageOptions, storeStage } from "./store_stage.ts";

/** Runs clients and watchers under faults, heals, and lets everything come to rest. */
export function playStore(options: StoreStageOptions): StoreStage {
  const stage = storeStage({ clients: 3, watchers: 3, ...options });
  const { simulation } = stage;
  const isDone = () => stage.clients().every(({ left, asked }) => left === 0 && !asked);
  simulation.runUntil(isDone, 8_000);
  simulation.faults.heal();
  if (!simulation.runUntil(isDone, simulation.uptimeMs() + 120_000)) {
    throw new Error("The clients do not come to an end after the faults were healed");
  }
  simulation.advance(15_000);
  return stage;
}

/** Everything that must hold at the end of a run; undefined when it does. */
export function judgeStore(stage: StoreStage): string | undefined {
  const [crash] = stage.crashes();
  if (crash !== undefined) return `a replica crashed of itself: ${crash}`;
  const history = stage.clients().flatMap((client) => client.history);
  const verdict = checkLinearizable(keyValueModel, history);
  if (verdict.ok === false) return `not linearizable: ${verdict.part} at ${JSON.stringify(verdict.stuckAt)}`;
  return revisionsGrow(history) ?? judgeReplicas(stage) ?? judgeWatchers(stage);
}

function judgeReplicas({ members, data }: StoreStage): string | undefined {
  const [first, ...others] = members.map((member) => dump(data(member)?.keyspace));
  const different = others.findIndex((other) => other !== first);
  return different < 0
    ? undefined
    : `${members[different + 1]} ends with ${others[different]}, ${members[0]} with ${first}`;
}

function dump(keyspace: Keyspace | undefined): string {
  const all: unknown[] = [keyspace?.revision, keyspace?.space];
  keyspace?.keys.each("", undefined, (versions) => void all.push(versions));
  return JSON.stringify(all);
}

function judgeWatchers({ watchers, data }: StoreStage): string | undefined {
  const keyspace = data("store/0")?.keyspace;
  if (!keyspace) return "store/0 is down";
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
