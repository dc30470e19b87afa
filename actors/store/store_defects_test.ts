import { loadMutated } from "../../properties/engine/load_mutated.ts";
import type { Mutation } from "../../properties/engine/mutation.ts";
import { assert, test } from "../../properties/house/test.ts";
import { ackBeforeSync } from "../../properties/mutations/ack_before_sync.ts";
import { compactionDropsDelete } from "../../properties/mutations/compaction_drops_delete.ts";
import { quotaForgottenBySnapshot } from "../../properties/mutations/quota_forgotten_by_snapshot.ts";
import { revisionDecreasesAfterRestart } from "../../properties/mutations/revision_decreases_after_restart.ts";
import { voteNotPersisted } from "../../properties/mutations/vote_not_persisted.ts";
import { watchDropsEvent } from "../../properties/mutations/watch_drops_event.ts";
import * as judges from "../../properties/stages/store/store_judge.ts";
import type { StoreStageOptions } from "../../properties/stages/store/store_stage.ts";
import * as stages from "../../properties/stages/store/store_stage.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { StoreEvents } from "./messages.ts";

const members = ["store/0", "store/1", "store/2"];

/** What the first run of many finds wrong, and how many it took. */
function hunt(
  { judgeStore, playStore }: typeof judges,
  runs: number,
  options: (seed: number) => StoreStageOptions,
): { found: string | undefined; runs: number } {
  for (let seed = 0; seed < runs; seed++) {
    try {
      const found = judgeStore(playStore({ ...options(seed), seed }));
      if (found !== undefined) return { found, runs: seed + 1 };
    } catch (error) {
      return { found: (error as Error).message, runs: seed + 1 };
    }
  }
  return { found: undefined, runs };
}

/** Crashes two replicas inside a write, again and again, while the disks are slow. */
function tornWrites(seed: number): Fault[] {
  return [0, 1, 2, 3, 4, 5].flatMap((round): Fault[] => {
    const atMs = 400 + round * 700 + (seed % 7) * 13;
    return members
      .filter((_, i) => i !== (seed + round) % 3)
      .map((actor) => ({ kind: "crash", parameters: { actor }, trigger: { atMs }, forMs: 40 + (seed % 5) * 20 }));
  });
}

/** The first election has two candidates, as messages are late; the third replica crashes when its vote is written. */
function voterCrashes(): Fault[] {
  const late = { from: members, to: members, delayMsMax: 120 };
  // Its first answers from the disk are the three files that it reads when it starts, the founding, and the reserve.
  const voted = { actor: "store/2", event: "reply", nth: 6 };
  return [
    { kind: "delay", parameters: late, trigger: { atMs: 0 }, forMs: 2_000 },
    { kind: "crash", parameters: { actor: "store/2" }, trigger: voted, forMs: 1 },
  ];
}

/** A replica is cut off while the group fills up, and is then far behind. */
function cutOff(): Fault[] {
  const parameters = { from: ["store/2"], to: ["store/0", "store/1"] };
  return [{ kind: "partition", parameters, trigger: { atMs: 400 }, forMs: 1_500 }];
}

/** A quota that the clients of a run reach soon. */
const quota = { quotaBytes: 24_000, snapshotEntries: 8 };

const few = { clients: 2, watchers: 1, operations: 20 };

const hunts: readonly (readonly [Mutation, (seed: number) => StoreStageOptions])[] = [
  [ackBeforeSync, (seed) => ({ ...few, faults: tornWrites(seed), operations: 60 })],
  [voteNotPersisted, () => ({ ...few, faults: voterCrashes() })],
  [watchDropsEvent, () => ({ clients: 3, watchers: 2, operations: 60 })],
  [revisionDecreasesAfterRestart, (seed) => ({ ...few, faults: tornWrites(seed), keys: 1, operations: 60 })],
  [
    quotaForgottenBySnapshot,
    () => ({
      watchers: 0,
      clients: 3,
      keys: 12,
      length: 2_000,
      operations: 80,
      faults: cutOff(),
      input: quota,
    }),
  ],
];

for (const [mutation, options] of hunts) {
  const isRestart = mutation === revisionDecreasesAfterRestart;
  const input = { snapshotEntries: isRestart ? 4 : 1_000, ...options(0).input };
  test(`${mutation.name} is found by a run, and without it the same runs find nothing`, async () => {
    const mutated = await loadMutated<typeof judges>(mutation, "properties/stages/store/store_judge.ts");
    const { found, runs } = hunt(mutated, 100, (seed) => ({ ...options(seed), input }));
    assert.ok(found !== undefined, "nothing was found");
    assert.equal(hunt(judges, Math.min(runs, 20), (seed) => ({ ...options(seed), input })).found, undefined);
  });
}

test("compactionDropsDelete is seen by a watch from the compacted revision", async () => {
  const mutated = await loadMutated<typeof stages>(compactionDropsDelete, "properties/stages/store/store_stage.ts");
  for (const each of [stages, mutated]) {
    const { simulation, ask, put, awaitLeader, watchers } = each.storeStage({ watchers: 1 });
    awaitLeader();
    simulation.advance(500);
    put("store/0", "k/a", "1");
    ask("store/0", { type: "store.txn", compare: [], success: [{ op: "delete", key: "k/a" }], failure: [] });
    put("store/0", "k/b", "2");
    assert.equal(ask("store/0", { type: "store.compact", revision: 3 }).type, "store.compact.ok");
    simulation.advance(500);
    assert.equal(watchers()[0]?.events.length, 3);
    const late = simulation.spawnNow({ name: "late", kind: "watcher", input: { members, revision: 2 } });
    simulation.advance(500);
    const { events } = simulation.dataOf(late) as unknown as StoreEvents;
    assert.deepEqual(
      events.map((event) => event.type),
      each === stages ? ["delete", "put"] : ["put"],
    );
  }
});
